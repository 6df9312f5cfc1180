#pragma once

#include <span>
#include <vector>

#include <gst/gst.h>

namespace fanlight::goptee {

/// The times of one frame; each may be GST_CLOCK_TIME_NONE.
struct Stamp {
  GstClockTime pts = GST_CLOCK_TIME_NONE;
  GstClockTime dts = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
};

/// The least distance that survives the 90 kHz clock of RTP as two different timestamps, in ns.
inline constexpr GstClockTime kRtpTick = 11112;

struct SqueezeOptions {
  GstClockTime step = GST_MSECOND;             ///< Wanted distance of two squeezed frames.
  GstClockTime interval = 33 * GST_MSECOND;    ///< Usual distance of two live frames.
  GstClockTime sent_pts = GST_CLOCK_TIME_NONE; ///< The highest PTS the receiver has; NONE: none.
  GstClockTime sent_dts = GST_CLOCK_TIME_NONE; ///< The highest DTS the receiver has.
};

/// Whether frames are shown in another order than they are sent in (B-frames), or may be by frames
/// still to come: then some DTS is further ahead of its PTS than others. A DTS that only jitters
/// can look the same; where `sent_pts` says that the receiver has frames, it is not taken for a
/// sign.
bool is_reordered(std::span<const Stamp> frames, const SqueezeOptions& options);

/// New times for the frames of a group of pictures, in decoding order, that is sent at once and
/// followed by live frames.
///
/// The newest frame keeps its times, the older ones move up to it in steps of `step` at most. Where
/// the receiver already has timestamps that this would meet, all of the group goes between the last
/// of them and the next live frame: in the room up to the newest frame, or half a frame interval
/// after the last sent one, in steps as small as that needs but not below kRtpTick.
///
/// In a group with B-frames only frames that no coming frame can precede on the screen (PTS at most
/// the newest DTS) move, in their order on the screen; `sent_*` cannot be honoured there and is
/// ignored. DTS rises strictly and never exceeds the PTS of its frame. Missing times stay missing.
std::vector<Stamp> squeeze(std::span<const Stamp> frames, const SqueezeOptions& options);

} // namespace fanlight::goptee
