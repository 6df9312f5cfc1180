#pragma once

#include <string>
#include <vector>

#include <gst/sdp/sdp.h>

namespace fanlight::media {

/// One medium of a description, as far as the choice of streams needs it.
struct MediaLine {
  /// One payload type that the camera may send.
  struct Format {
    std::string encoding; ///< As registered with IANA, in upper case; else "payload type 99".
    std::string fault;    ///< Of sound: why browsers cannot play it; empty: they can.
  };
  std::string kind;       ///< "video", "audio", …
  bool secure = false;    ///< SRTP.
  bool send_only = false; ///< a=sendonly.
  std::vector<Format> formats;
};

/// All media, in the description's order, which is that of rtspsrc's stream numbers.
std::vector<MediaLine> media_lines_of(const GstSDPMessage* sdp);

/// Whether the medium flows towards the camera: it is sendonly, and the video is not. (Some cameras
/// call everything that they send sendonly.)
bool is_back_channel(const MediaLine& line, const std::vector<MediaLine>& all);

/// The encoding name in the registered spelling, whatever case the camera uses.
std::string encoding_of(const GstCaps* caps);

} // namespace fanlight::media
