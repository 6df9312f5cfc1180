#pragma once

#include <optional>
#include <string>

#include "base/rtp_format.h"
#include "config/config.h"
#include "gst/ref.h"

namespace fanlight::media {

/// One stream of a camera as it leaves its tee.
struct Stream {
  RtpFormat
      format; ///< How SDP names it: encoding, clock rate and the fmtp that viewers match against.
  int width = 0; ///< Pixels; 0: audio, or not known.
  int height = 0;
  double fps = 0; ///< Nominal; 0: not said.
};

/// Reads the caps at a tee: video/x-h264, video/x-h265 (with profile, level and tier from the
/// parser). Empty for all else.
std::optional<Stream> stream_of(const GstCaps* caps);

/// Sound that a camera announces as `encoding` (upper case), as viewers get it: OPUS, PCMU and PCMA
/// as they are, AAC as the OPUS it becomes. Empty for all else.
std::optional<Stream> sound_of(const std::string& encoding);

/// Whether sound of that encoding is AAC, which no browser takes.
bool is_aac(const std::string& encoding);

/// RFC 6184, section 8.1: the six hexadecimal digits of a profile-level-id. `profile` and `level`
/// as h264parse writes them ("constrained-baseline", "3.1"); what is not known counts as
/// constrained baseline and level 3.1.
std::string h264_profile_level_id(const std::string& profile, const std::string& level);

/// The encoding name of a configured codec: H264, H265.
std::string encoding_name(config::VideoCodec codec);

} // namespace fanlight::media
