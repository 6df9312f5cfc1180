#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace fanlight::camsim {

/// One thread that runs everything that happens at a given time, for all cameras: a process with
/// hundreds of looped cameras does not need hundreds of clocks.
///
/// Threads: any.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  /// What is paced. tick() runs on the pacer's thread, must not block, and says when to come
  /// back; nothing: not again.
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
  /// After this, `task` is not running and will not run. Not from inside a tick.
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
