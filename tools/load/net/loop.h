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

/// Runs a task once, some time after it is due: at most 5 ms and what else the loop has to do.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> task);
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Anew where it is already started. From the task, too.
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
  // A ring; alone: not started.
  Timer* next_ = this;
  Timer* previous_ = this;
};

/// One thread that waits for sockets, by epoll, and for timers, by a wheel: what either costs does
/// not grow with how many there are.
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

  /// `events` as of epoll_ctl(). False and errno when the kernel refuses.
  bool watch(int fd, std::uint32_t events, Listener& listener);
  void change(int fd, std::uint32_t events, Listener& listener);
  /// To be called before the descriptor is closed; after it the listener hears nothing more.
  void forget(int fd, const Listener& listener);
  /// From now on it is one of the crowd, which yields to all others: those who join must not wait
  /// for the pictures of thousands. For those with the same `events` to the end.
  void join_crowd(int fd, std::uint32_t events, Listener& listener);
  void run();
  void stop() { running_ = false; }

 private:
  friend class Timer;
  static constexpr std::chrono::milliseconds kSlot{5};
  static constexpr std::size_t kSlots = 512;

  /// Sockets that have their turns one after the other.
  struct Queue {
    int epoll = -1;
    std::array<epoll_event, 256> events;
    int ready = 0;
    int current = 0; // Of `events`, the one that is being handled.
  };

  template <typename OnEvent> void serve(Queue& queue, int timeout_ms, OnEvent on_event);
  void serve_first(int timeout_ms);
  void serve_crowd();
  static void forget(Queue& queue, int fd, const void* listener);
  std::int64_t slot_of(Time time) const { return (time - started_) / kSlot; }
  void turn_wheel(Time now);

  const Time started_ = Clock::now();
  Queue first_; // The crowd as a whole is one of them.
  Queue crowd_;
  bool crowd_ready_ = false;
  bool running_ = false;
  std::vector<std::unique_ptr<Timer>> slots_;
  std::int64_t turned_ = 0; // All slots below have been looked at.
};

} // namespace fanlight::load
