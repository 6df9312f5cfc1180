#pragma once

#include <cstdint>
#include <vector>

#include <glib.h>

namespace fanlight::http {

/// Finds the readable sockets among many with one system call (epoll) per turn of the main loop.
/// GLib's own poll() checks every socket in every turn, even idle ones.
///
/// Threads: main only.
class Poller {
 public:
  /// An object that waits for a socket. It may be destroyed while it is not watched.
  struct Waiter {
    int socket = -1;
    std::uint64_t turn = 0; ///< The last turn in which the socket was ready.
  };

  /// Null if the kernel has no descriptor left (errno); the next call tries again. Never destroyed:
  /// sources may outlive main().
  static Poller* get();

  /// Watches a socket for `waiter`, which replaces the previous waiter.
  void watch(Waiter& waiter, int socket);
  void forget(Waiter& waiter);
  bool is_ready(const Waiter& waiter) const { return waiter.socket >= 0 && waiter.turn == turn_; }

 private:
  struct Source;
  explicit Poller(int epoll);
  void begin_turn(bool any);

  const int epoll_;
  std::uint64_t turn_ = 1;
  std::vector<Waiter*> waiters_; ///< By socket; null: no waiter.
};

} // namespace fanlight::http
