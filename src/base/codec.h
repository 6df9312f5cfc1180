#pragma once

#include <optional>
#include <string_view>

namespace fanlight {

enum class MediaKind { video, audio };

/// How a track is encoded. The configuration, SDP and the caps of GStreamer all use it.
enum class Codec { h264, h265, aac, opus, pcmu, pcma, g726, l16 };

MediaKind kind_of(Codec codec);

/// Whether it is sound that no browser plays over WebRTC, so that the server makes Opus of it.
bool is_converted(Codec codec);

/// The encoding name in SDP, as registered with IANA, in upper case: H264, OPUS, … Of AAC and
/// G.726, which have several, this is MPEG4-GENERIC and G726-32.
const char* encoding_name(Codec codec);

/// The codec with that encoding name, in upper or lower case. Empty: Fanlight does not carry it.
std::optional<Codec> codec_of(std::string_view encoding);

/// The codec of a static payload type (RFC 3551, section 6): SDP may leave out its rtpmap.
std::optional<Codec> codec_of_payload_type(int payload_type);

} // namespace fanlight
