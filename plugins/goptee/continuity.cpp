#include "continuity.h"

#include <algorithm>
#include <utility>

namespace fanlight::goptee {
namespace {

/// Whether a stream may be this late or early without a fault.
bool is_live(GstClockTime pts, GstClockTime now) {
  return GST_CLOCK_TIME_IS_VALID(now) && pts + Continuity::kLate > now &&
         pts < now + Continuity::kAhead;
}

} // namespace

GstClockTime Continuity::next(GstClockTime pts, GstClockTime now, bool reordered) {
  // A clock that stands still gives no information; neither does a value that would overflow.
  if (std::exchange(last_pts_, pts) == pts || pts > kLatest) pts = GST_CLOCK_TIME_NONE;
  if (!GST_CLOCK_TIME_IS_VALID(last_)) return last_ = start(pts, now);
  if (reordered && GST_CLOCK_TIME_IS_VALID(pts)) {
    const auto shown = static_cast<GstClockTimeDiff>(pts) + offset_;
    const GstClockTimeDiff back = static_cast<GstClockTimeDiff>(last_) - shown;
    // It may be as far back as the frames sent before it are ahead.
    if (shown >= 0 && back > 0 && back < static_cast<GstClockTimeDiff>(kAhead))
      return static_cast<GstClockTime>(shown);
  }
  return last_ = follow(pts, now);
}

GstClockTime Continuity::start(GstClockTime pts, GstClockTime now) {
  if (!GST_CLOCK_TIME_IS_VALID(pts) || !GST_CLOCK_TIME_IS_VALID(now))
    return GST_CLOCK_TIME_IS_VALID(pts) ? pts : now;
  if (is_live(pts, now)) return pts;
  offset_ = static_cast<GstClockTimeDiff>(now) - static_cast<GstClockTimeDiff>(pts);
  return now;
}

GstClockTime Continuity::follow(GstClockTime pts, GstClockTime now) {
  const GstClockTime soonest = last_ + kStep;
  const GstClockTime arrival = GST_CLOCK_TIME_IS_VALID(now) ? std::max(soonest, now) : soonest;
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return arrival;

  // An element in front has corrected the clock meanwhile.
  if (offset_ != 0 && pts >= soonest && is_live(pts, now)) offset_ = 0;
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

} // namespace fanlight::goptee
