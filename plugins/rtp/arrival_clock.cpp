#include "rtp/arrival_clock.h"

#include <algorithm>
#include <cstdlib>

namespace fanlight {
namespace {

/// Allows timestamps to go back from the first one.
constexpr guint64 kFirstWrap = guint64{1} << 32;

GstClockTimeDiff diff(GstClockTime later, GstClockTime earlier) {
  return static_cast<GstClockTimeDiff>(later) - static_cast<GstClockTimeDiff>(earlier);
}

} // namespace

void ArrivalClock::begin(guint rate) {
  *this = {};
  rate_ = rate;
}

GstClockTimeDiff ArrivalClock::duration(GstClockTimeDiff ticks) const {
  const auto length = static_cast<GstClockTimeDiff>(
      gst_util_uint64_scale_int(static_cast<guint64>(std::abs(ticks)), GST_SECOND, gint(rate_)));
  return ticks < 0 ? -length : length;
}

guint64 ArrivalClock::extend(guint32 timestamp) const {
  if (!ticks_) return kFirstWrap + timestamp;
  return *ticks_ + static_cast<guint64>(
                       gint64{static_cast<gint32>(timestamp - static_cast<guint32>(*ticks_))});
}

GstClockTime ArrivalClock::time_of(guint32 timestamp, GstClockTime arrival) {
  if (!is_new(timestamp)) return time_;
  const guint64 ticks = extend(timestamp);
  if (!ticks_) {
    restart(ticks, arrival);
    return time_ = arrival;
  }
  measure(ticks, arrival);
  const GstClockTimeDiff step = duration(diff(ticks, *ticks_));
  const GstClockTimeDiff since_base = duration(diff(ticks, base_ticks_));
  const GstClockTimeDiff delay = diff(arrival, base_time_) - since_base;
  if (was_set(delay, diff(arrival, arrival_))) {
    restart(ticks, arrival);
    return time_ = arrival;
  }
  follow(delay, arrival);
  GstClockTimeDiff time = static_cast<GstClockTimeDiff>(base_time_) + since_base + lag_;
  // While a lag is reduced, frames come closer together, but stay in order.
  if (step > 0) time = std::max(time, static_cast<GstClockTimeDiff>(time_) + step / 2);
  ticks_ = ticks;
  arrival_ = arrival;
  delay_ = delay;
  return time_ = static_cast<GstClockTime>(std::max<GstClockTimeDiff>(time, 0));
}

void ArrivalClock::restart(guint64 ticks, GstClockTime arrival) {
  ticks_ = base_ticks_ = ticks;
  arrival_ = base_time_ = span_begin_ = arrival;
  lag_ = delay_ = 0;
  least_ = {};
  spans_ = 0;
}

bool ArrivalClock::was_set(GstClockTimeDiff delay, GstClockTimeDiff pause) const {
  if (delay < lag_ - kSet) return true;
  // A delayed packet comes after a pause of that length, and the packets behind it are soon on time
  // again.
  const GstClockTimeDiff more = delay - std::max(delay_, lag_);
  if (more > kSet && pause < more - kSet / 2) return true;
  return spans_ >= 2 && std::min(least_[0], least_[1]) > lag_ + kSet;
}

void ArrivalClock::follow(GstClockTimeDiff delay, GstClockTime arrival) {
  if (arrival >= span_begin_ + kSpan) {
    least_ = {least_[1], delay};
    span_begin_ = arrival;
    ++spans_;
  }
  least_[1] = std::min(least_[1], delay);
  const GstClockTimeDiff least = spans_ == 0 ? least_[1] : std::min(least_[0], least_[1]);
  // The first packets may have been late: the lag is found within the first span.
  const GstClockTime since = arrival - base_time_;
  const double share = spans_ == 0 ? static_cast<double>(since) / static_cast<double>(kSpan)
                                   : static_cast<double>(diff(arrival, arrival_)) / double{kPace};
  const double part = spans_ == 0 ? share * share : share;
  lag_ +=
      static_cast<GstClockTimeDiff>(std::clamp(part, 0.0, 1.0) * static_cast<double>(least - lag_));
}

void ArrivalClock::measure(guint64 ticks, GstClockTime arrival) {
  const GstClockTimeDiff difference =
      std::abs(diff(arrival, arrival_) - duration(diff(ticks, *ticks_)));
  // A clock that was set does not count as jitter.
  if (difference > kSet) return;
  jitter_ = (15 * jitter_ + static_cast<GstClockTime>(difference)) / 16;
}

std::optional<ArrivalClock::Relation> ArrivalClock::relation() const {
  if (!ticks_) return std::nullopt;
  const auto time = static_cast<GstClockTimeDiff>(base_time_) + lag_;
  return Relation{base_ticks_, static_cast<GstClockTime>(std::max<GstClockTimeDiff>(time, 0)),
                  *ticks_};
}

} // namespace fanlight
