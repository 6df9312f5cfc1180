#pragma once

#include <chrono>
#include <functional>

#include <glib.h>

namespace fanlight {

/// Runs `task` on main (the default GMainContext) in a later turn of the loop. Any thread may call
/// it; order is kept.
void post(std::function<void()> task);

/// A one-shot or periodic timer of the main loop; stops when destroyed. Threads: main only.
class Timer {
 public:
  Timer() = default;
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Runs `task` once after `delay`; replaces what was running.
  void once(std::chrono::milliseconds delay, std::function<void()> task);
  /// Runs `task` every `period` until stopped; replaces what was running.
  void every(std::chrono::milliseconds period, std::function<void()> task);
  void stop();
  bool running() const { return source_ != 0; }

 private:
  void start(std::chrono::milliseconds delay, bool repeat, std::function<void()> task);
  guint source_ = 0;
};

} // namespace fanlight
