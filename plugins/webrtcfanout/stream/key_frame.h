#pragma once

#include <string_view>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// Whether `encoding` ("H264", "H265", ...) is one whose packets has_key_picture() can read.
bool knows_key_pictures(std::string_view encoding);

/// Whether an RTP payload holds the beginning of a picture at which decoding can start: an IDR
/// slice of H.264 (RFC 6184: single NAL unit, STAP-A, FU-A) or an IRAP picture of H.265 (RFC 7798:
/// single NAL unit, AP, FU).
bool has_key_picture(std::string_view encoding, Bytes payload);

/// Whether an RTP payload is an access unit delimiter and nothing else (ITU-T H.264, H.265, table
/// 7-1: types 9 and 35).
bool is_delimiter(std::string_view encoding, Bytes payload);

} // namespace fanlight::fanout
