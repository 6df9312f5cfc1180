#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <glib.h>

namespace fanlight {

/// How much of what has been posted, is spread, or is due by a timer is done in one turn of the
/// loop: of each so many tasks, or for so long. Sockets are looked at between two turns.
constexpr std::size_t kTasksPerTurn = 100;
constexpr std::chrono::milliseconds kTimePerTurn{10};

/// Runs `task` on main (the default GMainContext) in a later turn of the loop. Any thread may call
/// it; order is kept. However many are posted, a turn stays short.
void post(std::function<void()> task);

/// Calls `one` for 0, 1, … below `count`, as many in a turn of the loop as a turn may do, the first
/// at once; then `done`, if there is one. Between two turns what was posted meanwhile has its turn,
/// too. Main only.
void spread(std::size_t count, std::function<void(std::size_t)> one,
            std::function<void()> done = {});

namespace detail {

struct Tick;
using Due = std::multimap<gint64, Tick>::iterator;

/// What a timer that runs will do.
struct Tick {
  std::shared_ptr<const std::function<void()>> task;
  std::chrono::microseconds period; ///< 0: once.
  std::optional<Due>* timer;        ///< Knows this entry.
};

} // namespace detail

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
  bool running() const { return due_.has_value(); }

 private:
  void start(std::chrono::milliseconds delay, std::chrono::milliseconds period,
             std::function<void()> task);
  std::optional<detail::Due> due_; ///< None: it does not run.
};

} // namespace fanlight
