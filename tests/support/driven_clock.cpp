#include "support/driven_clock.h"

#include <atomic>

#include <glib.h>
#include <time.h>

namespace {

constexpr gint64 kReal = -1;
std::atomic<gint64> driven_us{kReal};

gint64 real_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return gint64{now.tv_sec} * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

} // namespace

/// In place of GLib's, which does not call it through here itself.
extern "C" gint64 g_get_monotonic_time(void) {
  const gint64 now_us = driven_us;
  return now_us == kReal ? real_us() : now_us;
}

namespace fanlight::test {

DrivenClock::DrivenClock() { driven_us = real_us(); }

DrivenClock::~DrivenClock() { driven_us = kReal; }

void DrivenClock::advance(std::chrono::microseconds by) { driven_us += by.count(); }

} // namespace fanlight::test
