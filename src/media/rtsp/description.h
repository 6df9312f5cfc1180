#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fanlight::media {

/// A camera's description (SDP) as rtspsrc can use it.
struct Description {
  std::string sdp;
  /// "video", "audio", … by the URL to set it up.
  std::map<std::string, std::string> media;
};

/// What a description has too much of, in words; empty: nothing. Each medium costs rtspsrc an RTP
/// session's worth of memory, each line a pass over it.
std::string excess_of(std::string_view sdp);

/// Mends what cameras get wrong, and leaves the rest as it is:
///
/// - A relative control URL is appended to `base`, as players do, whether or not that ends with a
///   slash or has a query (RFC 2326, section C.1.1, and the cameras that never read it). A medium
///   without one, where there is no other, is set up by `base`.
/// - A dynamic payload type of video without rtpmap is H.265 where the fmtp speaks of a VPS, else
///   H.264.
/// - Parameter sets that are none are left out of the fmtp: those in the stream will do.
///
/// `base` is the absolute URL of Content-Base, or of what was asked for.
Description mended(const std::string& sdp, const std::string& base);

} // namespace fanlight::media
