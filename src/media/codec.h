#pragma once

#include <optional>
#include <string>

#include "base/codec.h"
#include "base/rtp_format.h"
#include "gst/ref.h"

namespace fanlight::media {

/// The format of a track's data behind its tee.
struct TrackFormat {
  RtpFormat rtp; ///< As in SDP: encoding, clock rate and the fmtp to match against offers.
  int width = 0; ///< Pixels; 0: audio, or unknown.
  int height = 0;
  double fps = 0; ///< Nominal; 0: unknown.
  bool operator==(const TrackFormat&) const = default;
};

/// Reads the caps at a tee: video/x-h264 or video/x-h265, with profile, level and tier from the
/// parser. None for all other caps.
std::optional<TrackFormat> video_format(const GstCaps* caps);

/// The format of audio that browsers play: Opus at 48 kHz stereo, G.711 at 8 kHz mono. None for
/// audio that is converted (is_converted()), and for video.
std::optional<TrackFormat> sound_format(Codec codec);

/// The six hexadecimal digits of a profile-level-id (RFC 6184, section 8.1). `profile` and `level`
/// as h264parse writes them ("constrained-baseline", "3.1"); unknown values count as constrained
/// baseline and level 3.1.
std::string h264_profile_level_id(const std::string& profile, const std::string& level);

} // namespace fanlight::media
