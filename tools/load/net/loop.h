#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <sys/epoll.h>

namespace fanlight::load {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

class Loop;

/// Runs a task once, at most 5 ms late plus the time of the loop's other work.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> task);
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Restarts it if it runs. Also from inside the task.
  void start(Time due);
  void stop();
  bool started() const { return next_ != this; }
  Time due() const { return due_; }

 private:
  friend class Loop;
  void put_into(Timer& list);

  Loop& loop_;
  std::function<void()> task_;
  Time due_{};
  // A ring; a ring of one means stopped.
  Timer* next_ = this;
  Timer* previous_ = this;
};

/// One thread that waits for sockets (epoll) and timers (a wheel); the cost of each does not grow
/// with their number.
class Loop {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void on_ready(std::uint32_t events) = 0; ///< As of epoll_wait().
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// `events` as for epoll_ctl(). False with errno if the kernel refuses.
  bool watch(int fd, std::uint32_t events, Listener& listener);
  void change(int fd, std::uint32_t events, Listener& listener);
  /// Call this before the descriptor is closed; after it, the listener is not called.
  void forget(int fd, const Listener& listener);
  /// Adds the descriptor to the crowd, which yields to all others, because viewers that join must
  /// not wait for the media of thousands. Stays until the end, with the same `events`.
  void join_crowd(int fd, std::uint32_t events, Listener& listener);
  void run();
  void stop() { running_ = false; }

 private:
  friend class Timer;
  static constexpr std::chrono::milliseconds kSlot{5};
  static constexpr std::size_t kSlots = 512;

  /// Sockets that are served one after the other.
  struct Queue {
    int epoll = -1;
    std::array<epoll_event, 256> events;
    int ready = 0;
    int current = 0; // Index in `events` of the one being handled.
  };

  template <typename OnEvent> void serve(Queue& queue, int timeout_ms, OnEvent on_event);
  void serve_first(int timeout_ms);
  void serve_crowd();
  static void forget(Queue& queue, int fd, const void* listener);
  std::int64_t slot_of(Time time) const { return (time - started_) / kSlot; }
  void turn_wheel(Time now);

  const Time started_ = Clock::now();
  Queue first_; // The crowd as a whole is one of its entries.
  Queue crowd_;
  bool crowd_ready_ = false;
  bool running_ = false;
  std::vector<std::unique_ptr<Timer>> slots_;
  std::int64_t turned_ = 0; // All slots below this one have run.
};

} // namespace fanlight::load
