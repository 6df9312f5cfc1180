#pragma once

#include <optional>
#include <string_view>

namespace fanlight {

enum class MediaKind { video, audio };

/// How media are encoded, whoever names it: the configuration, SDP, GStreamer's caps.
enum class Codec { h264, h265, aac, opus, pcmu, pcma };

MediaKind kind_of(Codec codec);

/// The encoding name as registered with IANA, in upper case: H264, OPUS, …; of AAC the usual one of
/// its two, MPEG4-GENERIC.
const char* encoding_name(Codec codec);

/// The codec that SDP calls `encoding`, in whatever case. Empty: none that we carry.
std::optional<Codec> codec_of(std::string_view encoding);

/// Whether `encoding` is AAC packed as LATM (RFC 6416), not as MPEG4-GENERIC (RFC 3640).
bool is_latm(std::string_view encoding);

/// The codec of a static payload type (RFC 3551, section 6), which needs no rtpmap.
std::optional<Codec> codec_of_payload_type(int payload_type);

} // namespace fanlight
