#include "vitals.h"

#include <utility>

namespace fanlight::goptee {
namespace {

GstClockTime between(Vitals::Clock::time_point from, Vitals::Clock::time_point to) {
  return static_cast<GstClockTime>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(to - from).count());
}

} // namespace

void Vitals::begin() {
  anchor_pts_ = last_pts_ = GST_CLOCK_TIME_NONE;
  since_key_ = 0;
  stats_.timestamp_drift = 0;
}

void Vitals::frame(GstClockTime pts, bool key, Clock::time_point now) {
  if (key) {
    if (since_key_ > 0) {
      stats_.gop_length = since_key_;
      stats_.gop_duration = between(last_key_, now);
    }
    ++stats_.key_frames;
    since_key_ = 0;
    last_key_ = now;
  }
  if (since_key_ > 0 || key) ++since_key_; // Frames before the first key frame belong to no group.
  any_ = true;
  const Clock::time_point earlier = std::exchange(last_, now);
  if (!GST_CLOCK_TIME_IS_VALID(pts)) { // Parsers mark a repeated timestamp like this.
    if (GST_CLOCK_TIME_IS_VALID(last_pts_)) ++stats_.timestamp_standstills;
    return;
  }
  const GstClockTime before = std::exchange(last_pts_, pts);
  if (GST_CLOCK_TIME_IS_VALID(before)) {
    const GstClockTimeDiff step = GST_CLOCK_DIFF(before, pts);
    if (step == 0) ++stats_.timestamp_standstills;
    const auto elapsed = static_cast<GstClockTimeDiff>(between(earlier, now));
    stats_.timestamp_drift =
        GST_CLOCK_DIFF(anchor_pts_, pts) - static_cast<GstClockTimeDiff>(between(anchor_, now));
    // A burst of late frames has normal steps; B-frames step back by a few frames.
    if (step - elapsed < kJump && step > -kBack) return;
    ++stats_.timestamp_jumps;
  }
  anchor_ = now;
  anchor_pts_ = pts;
  stats_.timestamp_drift = 0;
}

Vitals::Stats Vitals::stats(Clock::time_point now) const {
  Stats stats = stats_;
  if (any_) stats.last_frame_age = between(last_, now);
  if (stats.key_frames > 0) stats.last_key_frame_age = between(last_key_, now);
  return stats;
}

} // namespace fanlight::goptee
