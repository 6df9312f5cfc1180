#pragma once

#include <optional>
#include <string_view>

namespace fanlight {

enum class MediaKind { video, audio };

/// How a track is encoded. The configuration, SDP and the caps of GStreamer all use it.
enum class Codec { h264, h265, aac, opus, pcmu, pcma };

MediaKind kind_of(Codec codec);

/// The encoding name in SDP, as registered with IANA, in upper case: H264, OPUS, … AAC has two;
/// this is MPEG4-GENERIC.
const char* encoding_name(Codec codec);

/// The codec with that encoding name, in upper or lower case. Empty: Fanlight does not carry it.
std::optional<Codec> codec_of(std::string_view encoding);

/// Whether `encoding` is MP4A-LATM (RFC 6416), the other RTP format of AAC.
bool is_latm(std::string_view encoding);

/// The codec of a static payload type (RFC 3551, section 6): SDP may leave out its rtpmap.
std::optional<Codec> codec_of_payload_type(int payload_type);

} // namespace fanlight
