#pragma once

#include <gst/gst.h>

namespace fanlight::goptee {

/// Keeps the timestamps of a live stream moving forward at the pace of its frames, whatever the
/// camera's clock does.
///
/// Timestamps in order pass unchanged. A frame without a timestamp, or with one that is not after
/// the previous frame's, gets a timestamp shortly after that one, or the time of its arrival if
/// that is later. Thus a camera whose clock stands still plays at the pace of arrival, and a burst
/// after a stall catches up. If a clock was set forwards or back, counting continues from its
/// previous value. Threads: none of its own; Tee locks.
class Continuity {
 public:
  /// Least distance of two frames; receivers show such frames immediately.
  static constexpr GstClockTime kStep = GST_MSECOND;
  /// How far frames may be ahead of the clock: B-frames, and stalls that the jitter buffer spreads,
  /// stay below it.
  static constexpr GstClockTime kAhead = GST_SECOND / 2;
  /// How far frames may be behind the clock before the camera's clock is trusted again.
  static constexpr GstClockTime kLate = 2 * GST_SECOND;
  /// A clock that is further ahead was set; below that it runs fast.
  static constexpr GstClockTime kSetAhead = 3 * GST_SECOND / 2;
  /// A clock that goes back further was set; below that it jitters.
  static constexpr GstClockTime kSetBack = 100 * GST_MSECOND;

  /// The timestamp to send the frame with, on the same clock as `now`, the time of its arrival;
  /// both may be GST_CLOCK_TIME_NONE. `reordered`: the frame is shown before one that was sent
  /// earlier.
  GstClockTime next(GstClockTime pts, GstClockTime now, bool reordered);
  /// A stream begins on a clock unrelated to the previous one.
  void begin() { *this = {}; }

 private:
  static constexpr GstClockTime kLatest = G_MAXINT64 / 4;

  GstClockTime start(GstClockTime pts, GstClockTime now);
  GstClockTime follow(GstClockTime pts, GstClockTime now);

  GstClockTimeDiff offset_ = 0;                 ///< Added to the camera's timestamps.
  GstClockTime last_ = GST_CLOCK_TIME_NONE;     ///< The highest one sent.
  GstClockTime last_pts_ = GST_CLOCK_TIME_NONE; ///< The last one received.
};

} // namespace fanlight::goptee
