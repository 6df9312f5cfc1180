#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace fanlight::camsim {

/// One thread that runs all timed work of all cameras: hundreds of looped cameras do not need
/// hundreds of threads.
///
/// Threads: any.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  /// A timed task. tick() runs on the pacer's thread, must not block, and returns when to run
  /// again; none: never.
  class Task {
   public:
    virtual ~Task() = default;
    virtual std::optional<Clock::time_point> tick(Clock::time_point now) = 0;
  };

  Pacer();
  ~Pacer();
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  void add(Task& task, Clock::time_point due);
  /// After this call, `task` does not run any more. Not from inside a tick.
  void remove(Task& task);

 private:
  void run();

  std::mutex mutex_; // Protects the members down to the line.
  std::condition_variable changed_;
  std::multimap<Clock::time_point, Task*> due_;
  Task* running_ = nullptr;
  bool removed_running_ = false;
  bool ending_ = false;
  // ----
  std::thread thread_;
};

} // namespace fanlight::camsim
