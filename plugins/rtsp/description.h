#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fanlight::rtsp {

/// A camera's description (SDP), corrected for its reader.
struct Description {
  std::string sdp;
  std::string url; ///< Of requests about all media.
  /// "video", "audio", … by the URL of their SETUP.
  std::map<std::string, std::string> media;
};

/// Which limit a description exceeds: 256 KiB, 64 media, 128 formats of one medium, 4096 lines.
/// Each medium costs rtspsrc the memory of an RTP session, and each line a pass over the text.
enum class Excess { none, bytes, media, formats, lines };
Excess excess_of(std::string_view sdp);

/// Corrects known errors of cameras and leaves the rest unchanged:
///
/// - A relative control URL is appended to `base`, as players do, whether or not `base` ends with a
/// slash or has a query (RFC 2326, section C.1.1, which many cameras do not follow). If the only
/// medium has no control URL, its SETUP uses `base`.
/// - A dynamic payload type of video without rtpmap is H.265 if the fmtp has a VPS, else H.264.
/// - Invalid parameter sets are removed from the fmtp: those in the stream replace them.
///
/// `base` is the absolute URL from Content-Base, or else the requested one.
Description mended(const std::string& sdp, const std::string& base);

} // namespace fanlight::rtsp
