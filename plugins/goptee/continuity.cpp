#include "continuity.h"

#include <algorithm>
#include <utility>

namespace fanlight {

GstClockTime Continuity::next(GstClockTime pts, GstClockTime now, bool reordered) {
  // A clock that stands still says nothing.
  if (std::exchange(last_pts_, pts) == pts) pts = GST_CLOCK_TIME_NONE;
  if (!GST_CLOCK_TIME_IS_VALID(last_)) {
    if (!GST_CLOCK_TIME_IS_VALID(pts)) pts = now;
    return last_ = pts;
  }
  if (reordered && GST_CLOCK_TIME_IS_VALID(pts)) {
    const auto shown = static_cast<GstClockTimeDiff>(pts) + offset_;
    const GstClockTimeDiff back = static_cast<GstClockTimeDiff>(last_) - shown;
    // It may be as far back as the pictures that were sent before it are ahead.
    if (shown >= 0 && back > 0 && back < static_cast<GstClockTimeDiff>(kAhead))
      return static_cast<GstClockTime>(shown);
  }
  return last_ = follow(pts, now);
}

GstClockTime Continuity::follow(GstClockTime pts, GstClockTime now) {
  const GstClockTime soonest = last_ + kStep;
  const GstClockTime arrival = GST_CLOCK_TIME_IS_VALID(now) ? std::max(soonest, now) : soonest;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return arrival;

  if (offset_ != 0 && fits(pts, now)) offset_ = 0; // Somebody in front has mended it meanwhile.
  const auto stamp = static_cast<GstClockTimeDiff>(pts);
  const GstClockTimeDiff wanted = stamp + offset_;
  const GstClockTimeDiff step = wanted - static_cast<GstClockTimeDiff>(last_);
  const GstClockTimeDiff ahead =
      GST_CLOCK_TIME_IS_VALID(now) ? wanted - static_cast<GstClockTimeDiff>(now) : 0;
  if (step < -static_cast<GstClockTimeDiff>(kSetBack) ||
      ahead > static_cast<GstClockTimeDiff>(kSetAhead)) {
    offset_ = static_cast<GstClockTimeDiff>(arrival) - stamp;
    return arrival;
  }
  if (step < static_cast<GstClockTimeDiff>(kStep)) return soonest;
  if (ahead > static_cast<GstClockTimeDiff>(kAhead)) return std::max(soonest, now + kAhead);
  return static_cast<GstClockTime>(wanted);
}

bool Continuity::fits(GstClockTime pts, GstClockTime now) const {
  return GST_CLOCK_TIME_IS_VALID(now) && pts >= last_ + kStep && pts + kAhead > now &&
         pts < now + kAhead;
}

} // namespace fanlight
