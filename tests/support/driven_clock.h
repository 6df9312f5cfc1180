#pragma once

#include <chrono>

namespace fanlight::test {

/// The monotonic clock by which Fanlight's own code goes, as long as this lives: it stands still
/// but for what a test adds. GLib's timers, and whatever else is not ours, go on by the real one.
///
/// Threads: any. One at a time.
class DrivenClock {
 public:
  DrivenClock();
  ~DrivenClock();
  DrivenClock(const DrivenClock&) = delete;
  DrivenClock& operator=(const DrivenClock&) = delete;

  static void advance(std::chrono::microseconds by);
};

} // namespace fanlight::test
