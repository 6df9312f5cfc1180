#pragma once

#include <string_view>

#include "bytes.h"

namespace fanlight::fanout {

/// Whether `encoding` ("H264", "H265", ...) is one whose packets has_key_picture() can read.
bool knows_key_pictures(std::string_view encoding);

/// Whether an RTP payload holds the beginning of a picture at which decoding can start: an IDR
/// slice of H.264 (RFC 6184: single NAL unit, STAP-A, FU-A) or an IRAP picture of H.265 (RFC 7798:
/// single NAL unit, AP, FU).
bool has_key_picture(std::string_view encoding, Bytes payload);

} // namespace fanlight::fanout
