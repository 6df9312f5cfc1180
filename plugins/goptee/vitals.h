#pragma once

#include <chrono>

#include <gst/gst.h>

namespace fanlight::goptee {

/// What tells a stream in good health from one that has gone wrong: when its frames and key frames
/// came, and whether its timestamps keep pace with the clock on the wall. Threads: none of its own;
/// Tee locks.
class Vitals {
 public:
  using Clock = std::chrono::steady_clock;

  struct Stats {
    guint64 key_frames = 0;
    guint gop_length = 0;                                  ///< Frames of the last whole group.
    GstClockTime gop_duration = 0;                         ///< By the clock on the wall.
    GstClockTime last_frame_age = GST_CLOCK_TIME_NONE;     ///< None: there was none yet.
    GstClockTime last_key_frame_age = GST_CLOCK_TIME_NONE; ///< The same.
    guint64 timestamp_jumps = 0;          ///< Ahead by kJump more than the clock, or back by kBack.
    guint64 timestamp_standstills = 0;    ///< Frames with that of the one before, or none.
    GstClockTimeDiff timestamp_drift = 0; ///< Ahead of the clock since the last jump.
    guint64 parameter_changes = 0;        ///< Of the caps, within a stream.
  };

  void frame(GstClockTime pts, bool key, Clock::time_point now);
  /// Parsers find out bit by bit what a stream is; only what comes between its frames is a change.
  void format_changed() { stats_.parameter_changes += GST_CLOCK_TIME_IS_VALID(last_pts_) ? 1 : 0; }
  /// What comes is of another connection: its timestamps have nothing to do with those before.
  void begin();
  Stats stats(Clock::time_point now) const;

 private:
  static constexpr GstClockTimeDiff kJump = GST_SECOND;
  static constexpr GstClockTimeDiff kBack = GST_SECOND / 2;

  Stats stats_;
  Clock::time_point last_;
  Clock::time_point last_key_;
  Clock::time_point anchor_; ///< When the frame of anchor_pts_ came.
  GstClockTime anchor_pts_ = GST_CLOCK_TIME_NONE;
  GstClockTime last_pts_ = GST_CLOCK_TIME_NONE;
  guint since_key_ = 0; ///< Frames.
  bool any_ = false;
};

} // namespace fanlight::goptee
