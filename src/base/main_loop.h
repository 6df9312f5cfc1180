#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <glib.h>

namespace fanlight {

/// The limits for posted tasks, for spread tasks and for due timers in one turn of the loop: of
/// each so many tasks, or so much time. Sockets are served between two turns.
constexpr std::size_t kTasksPerTurn = 100;
constexpr std::chrono::milliseconds kTimePerTurn{10};

/// Runs `task` on main (the default GMainContext) in a later turn of the loop, in the order of the
/// calls. Any thread. Turns stay short however many tasks are posted.
void post(std::function<void()> task);

/// Calls `one` for 0, 1, … below `count`, as many per turn of the loop as the limits allow, the
/// first at once; then `done`, if set. Tasks that are posted meanwhile run in between. Main only.
void spread(std::size_t count, std::function<void(std::size_t)> one,
            std::function<void()> done = {});

namespace detail {

struct Tick;
using Due = std::multimap<gint64, Tick>::iterator;

/// The task of a running timer.
struct Tick {
  std::shared_ptr<const std::function<void()>> task;
  std::chrono::microseconds period; ///< 0: once.
  std::optional<Due>* timer;        ///< The timer's reference to this entry.
};

} // namespace detail

/// A one-shot or periodic timer of the main loop; stops when destroyed. Threads: main only.
class Timer {
 public:
  Timer() = default;
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Runs `task` once after `delay`; replaces the previous task.
  void once(std::chrono::milliseconds delay, std::function<void()> task);
  /// Runs `task` every `period` until stopped; replaces the previous task.
  void every(std::chrono::milliseconds period, std::function<void()> task);
  void stop();
  bool running() const { return due_.has_value(); }

 private:
  void start(std::chrono::milliseconds delay, std::chrono::milliseconds period,
             std::function<void()> task);
  std::optional<detail::Due> due_; ///< None: the timer is stopped.
};

} // namespace fanlight
