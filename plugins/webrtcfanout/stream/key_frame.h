#pragma once

#include <string_view>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// Whether has_key_picture() can read packets with this encoding ("H264", "H265", ...).
bool knows_key_pictures(std::string_view encoding);

/// Whether an RTP payload contains the beginning of a key frame: an IDR slice of H.264 (RFC 6184:
/// single NAL unit, STAP-A, FU-A) or an IRAP picture of H.265 (RFC 7798: single NAL unit, AP, FU).
bool has_key_picture(std::string_view encoding, Bytes payload);

/// Whether an RTP payload is only an access unit delimiter (ITU-T H.264, H.265, table
/// 7-1: types 9 and 35).
bool is_delimiter(std::string_view encoding, Bytes payload);

} // namespace fanlight::fanout
