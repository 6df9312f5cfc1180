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

/// The least distance of two timestamps that differ on the 90 kHz clock of RTP, ns.
inline constexpr GstClockTime kRtpTick = 11112;

struct SqueezeOptions {
  GstClockTime step = GST_MSECOND;             ///< Desired distance of two squeezed frames.
  GstClockTime interval = 33 * GST_MSECOND;    ///< Usual distance of two live frames.
  GstClockTime sent_pts = GST_CLOCK_TIME_NONE; ///< The highest PTS the receiver has; NONE: none.
  GstClockTime sent_dts = GST_CLOCK_TIME_NONE; ///< The highest DTS the receiver has.
};

/// Whether frames are shown in another order than sent (B-frames), or could be because of later
/// frames: then some DTS is further ahead of its PTS than others. A jittering DTS can look the
/// same; if `sent_pts` says that the receiver has frames, it is ignored.
bool is_reordered(std::span<const Stamp> frames, const SqueezeOptions& options);

/// New times for the frames of a group of pictures, in decoding order, that are sent at once and
/// followed by live frames.
///
/// The newest frame keeps its times; the older ones move towards it in steps of at most `step`. If
/// the receiver already has such timestamps, the whole group goes between the last of them and the
/// next live frame: before the newest frame, or within half a frame interval after the last one
/// sent, in steps as small as necessary but not below kRtpTick.
///
/// In a group with B-frames, only frames that no later frame can precede on the screen (PTS at most
/// the newest DTS) move, in display order; `sent_*` cannot be respected there and is ignored. DTS
/// strictly increases and never exceeds the PTS of its frame. Missing times stay missing.
std::vector<Stamp> squeeze(std::span<const Stamp> frames, const SqueezeOptions& options);

} // namespace fanlight::goptee
