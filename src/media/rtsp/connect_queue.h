#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/main_loop.h"
#include "base/room.h"

namespace fanlight::media {

/// Starts the connections to cameras one after the other: a hundred cameras that come back after a
/// power cut must neither flood the network nor block the main thread.
///
/// One connection starts every kSpacing, and at most kAtOnce are under way. A connection that takes
/// longer than kHold no longer counts, so that a camera that hangs does not delay others. If the
/// system has no threads or descriptors left, a connection waits for those under way; if none is
/// under way, it is refused. Main only.
class ConnectQueue {
 public:
  static constexpr std::chrono::milliseconds kSpacing{10};
  static constexpr std::size_t kAtOnce = 24;
  static constexpr std::chrono::milliseconds kHold{1500};
  /// For one camera. Measured: 4 threads, and 6 descriptors over TCP or 8 over UDP. Sound needs
  /// more.
  static constexpr Room kRoom{.threads = 8, .descriptors = 16};
  /// What must remain for work that cannot be refused: GLib's threads that serve files and stop
  /// pipelines, and connections of clients.
  static constexpr Room kSpare{.threads = 24, .descriptors = 32};

  using Begin = std::function<void()>;
  using Refused = std::function<void(const Error& why)>;
  using Reserve = std::function<Result<Reservation>()>;

  /// A place in the queue, and later among those under way. Its destructor gives the place up.
  class Ticket {
   public:
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    friend class ConnectQueue;
    Ticket(ConnectQueue& queue, Begin begin, Refused refused)
        : queue_(queue), begin_(std::move(begin)), refused_(std::move(refused)) {}
    ConnectQueue& queue_;
    Begin begin_;
    Refused refused_;
    std::optional<Reservation> room_; // While it counts as under way.
    Timer hold_;
    bool counted_ = false;
  };

  /// `reserve` reserves the room for one camera; `hold` replaces kHold.
  explicit ConnectQueue(Reserve reserve = reserve_room, std::chrono::milliseconds hold = kHold)
      : reserve_(std::move(reserve)), hold_(hold) {}

  /// Calls `begin` when the connection may start, or `refused` if the machine has no room then,
  /// always in a later turn of the main loop. The queue outlives its tickets.
  std::unique_ptr<Ticket> enter(Begin begin, Refused refused);

 private:
  static Result<Reservation> reserve_room();
  void plan();
  void admit();
  void leave(Ticket& ticket);

  const Reserve reserve_;
  const std::chrono::milliseconds hold_;
  std::deque<Ticket*> waiting_;
  std::size_t under_way_ = 0;
  Timer next_;
  std::int64_t last_us_ = 0;
};

} // namespace fanlight::media
