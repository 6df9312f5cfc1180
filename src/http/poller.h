#pragma once

#include <cstdint>
#include <vector>

#include <glib.h>

namespace fanlight::http {

/// Which of many sockets have something to read, asked once in a turn of the main loop for all of
/// them (epoll): GLib's own poll() looks at every socket in every turn, however idle it is.
///
/// Threads: main only.
class Poller {
 public:
  /// What waits for a socket. It may be destroyed as long as it is not watched.
  struct Waiter {
    int socket = -1;
    std::uint64_t turn = 0; ///< In which the socket was ready last.
  };

  /// Null where the kernel has no descriptor left for it (errno); asked again next time. Never
  /// destroyed: sources may outlive main().
  static Poller* get();

  /// Has `waiter` watch a socket, in place of who watched it before.
  void watch(Waiter& waiter, int socket);
  void forget(Waiter& waiter);
  bool is_ready(const Waiter& waiter) const { return waiter.socket >= 0 && waiter.turn == turn_; }

 private:
  struct Source;
  explicit Poller(int epoll);
  void begin_turn(bool any);

  const int epoll_;
  std::uint64_t turn_ = 1;
  std::vector<Waiter*> waiters_; ///< By socket; null: nobody.
};

} // namespace fanlight::http
