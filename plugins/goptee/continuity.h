#pragma once

#include <gst/gst.h>

namespace fanlight::goptee {

/// Keeps the timestamps of a live stream moving forward, at the pace of its frames, whatever the
/// camera does to its clock.
///
/// Timestamps that are in order pass as they are. A frame whose timestamp does not come after the
/// one before, or that has none, follows it closely, or takes the time of its arrival if that is
/// later: so a camera whose clock stands still is shown at the pace of arrival, and what comes all
/// at once after a stall is caught up with. A clock that was set, ahead or back, is counted on from
/// where it was. Threads: none of its own; Tee locks.
class Continuity {
 public:
  /// Least distance of two frames; receivers take it for frames to be shown at once.
  static constexpr GstClockTime kStep = GST_MSECOND;
  /// The furthest that frames may be ahead of the clock: B-frames, and stalls that the jitter
  /// buffer spreads, stay below it.
  static constexpr GstClockTime kAhead = GST_SECOND / 2;
  /// The furthest that frames may be behind the clock where it is to be believed again.
  static constexpr GstClockTime kLate = 2 * GST_SECOND;
  /// A clock that is ahead further was set; below it runs fast.
  static constexpr GstClockTime kSetAhead = 3 * GST_SECOND / 2;
  /// A clock that goes back further was set; below it jitters.
  static constexpr GstClockTime kSetBack = 100 * GST_MSECOND;

  /// The timestamp of the frame to go by, on the same clock as `now`, at which the frame came;
  /// both may be GST_CLOCK_TIME_NONE. `reordered`: the frame is shown before one that came earlier.
  GstClockTime next(GstClockTime pts, GstClockTime now, bool reordered);
  /// A stream begins on a clock that has nothing to do with the one before.
  void begin() { *this = {}; }

 private:
  static constexpr GstClockTime kLatest = G_MAXINT64 / 4;

  GstClockTime start(GstClockTime pts, GstClockTime now);
  GstClockTime follow(GstClockTime pts, GstClockTime now);

  GstClockTimeDiff offset_ = 0;                 ///< To be added to what the camera says.
  GstClockTime last_ = GST_CLOCK_TIME_NONE;     ///< The highest that went.
  GstClockTime last_pts_ = GST_CLOCK_TIME_NONE; ///< As it came.
};

} // namespace fanlight::goptee
