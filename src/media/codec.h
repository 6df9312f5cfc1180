#pragma once

#include <optional>
#include <string>

#include "base/codec.h"
#include "base/rtp_format.h"
#include "gst/ref.h"

namespace fanlight::media {

/// The format of a track's data, behind its tee.
struct TrackFormat {
  RtpFormat
      rtp; ///< How SDP names it: encoding, clock rate and the fmtp that viewers match against.
  int width = 0; ///< Pixels; 0: audio, or not known.
  int height = 0;
  double fps = 0; ///< Nominal; 0: not said.
  bool operator==(const TrackFormat&) const = default;
};

/// Reads the caps at a tee: video/x-h264, video/x-h265 (with profile, level and tier from the
/// parser). Empty for all else.
std::optional<TrackFormat> video_format(const GstCaps* caps);

/// The format of audio that browsers play: Opus at 48 kHz stereo, G.711 at 8 kHz mono. Empty: AAC,
/// which no browser takes, and video.
std::optional<TrackFormat> sound_format(Codec codec);

/// RFC 6184, section 8.1: the six hexadecimal digits of a profile-level-id. `profile` and `level`
/// as h264parse writes them ("constrained-baseline", "3.1"); what is not known counts as
/// constrained baseline and level 3.1.
std::string h264_profile_level_id(const std::string& profile, const std::string& level);

} // namespace fanlight::media
