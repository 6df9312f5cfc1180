#pragma once

#include <chrono>

#include <gst/gst.h>

namespace fanlight::goptee {

/// The signs of a healthy stream: when its frames and key frames arrived, and whether its
/// timestamps keep pace with the wall clock. Threads: none of its own; Tee locks.
class Vitals {
 public:
  using Clock = std::chrono::steady_clock;

  struct Stats {
    guint64 key_frames = 0;
    guint gop_length = 0;                                  ///< Frames of the last complete group.
    GstClockTime gop_duration = 0;                         ///< By the wall clock.
    GstClockTime last_frame_age = GST_CLOCK_TIME_NONE;     ///< NONE: no frame yet.
    GstClockTime last_key_frame_age = GST_CLOCK_TIME_NONE; ///< The same.
    guint64 timestamp_jumps = 0; ///< Steps forward by kJump more than the clock, or back by kBack.
    /// Frames without a timestamp, or with that of the previous frame.
    guint64 timestamp_standstills = 0;
    GstClockTimeDiff timestamp_drift = 0; ///< How far ahead of the clock since the last jump.
    guint64 parameter_changes = 0;        ///< Changes of the caps within a stream.
  };

  void frame(GstClockTime pts, bool key, Clock::time_point now);
  /// Counts a change only between frames: parsers find out step by step what a stream is.
  void format_changed() { stats_.parameter_changes += GST_CLOCK_TIME_IS_VALID(last_pts_) ? 1 : 0; }
  /// A new connection begins: its timestamps are unrelated to the previous ones.
  void begin();
  Stats stats(Clock::time_point now) const;

 private:
  static constexpr GstClockTimeDiff kJump = GST_SECOND;
  static constexpr GstClockTimeDiff kBack = GST_SECOND / 2;

  Stats stats_;
  Clock::time_point last_;
  Clock::time_point last_key_;
  Clock::time_point anchor_; ///< When the frame of anchor_pts_ arrived.
  GstClockTime anchor_pts_ = GST_CLOCK_TIME_NONE;
  GstClockTime last_pts_ = GST_CLOCK_TIME_NONE;
  guint since_key_ = 0; ///< Frames.
  bool any_ = false;
};

} // namespace fanlight::goptee
