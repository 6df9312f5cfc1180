#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "base/main_loop.h"
#include "base/room.h"

namespace fanlight::media {

/// Lets connections to cameras begin one after the other: a hundred cameras that come back after a
/// power cut must neither storm the network nor hold up the main thread.
///
/// One begins every kSpacing, and at most kAtOnce are under way; one that takes longer than kHold
/// makes room, as a camera that hangs must not keep others waiting. One that the system has no
/// threads or descriptors for waits for those under way, and is refused if there are none. Main
/// only.
class ConnectQueue {
 public:
  static constexpr std::chrono::milliseconds kSpacing{10};
  static constexpr std::size_t kAtOnce = 24;
  static constexpr std::chrono::milliseconds kHold{1500};
  /// Of one camera: measured are 4 threads, and 6 descriptors over TCP, 8 over UDP; sound takes
  /// more.
  static constexpr Room kRoom{.threads = 8, .descriptors = 16};
  /// What must be left then, for what cannot be refused: GLib's threads that serve files and stop
  /// pipelines, connections of clients.
  static constexpr Room kSpare{.threads = 24, .descriptors = 32};

  using Begin = std::function<void()>;
  using Refused = std::function<void(const Error& why)>;
  using Reserve = std::function<Result<Reservation>()>;

  /// A place in the queue, and then among those that connect; given up with its end.
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
    std::optional<Reservation> room_; // While it is counted.
    Timer hold_;
    bool counted_ = false;
  };

  /// `reserve` takes the room for one camera; one that takes longer than `hold` makes room.
  explicit ConnectQueue(Reserve reserve = reserve_room, std::chrono::milliseconds hold = kHold)
      : reserve_(std::move(reserve)), hold_(hold) {}

  /// `begin` is called, in a turn of its own, when it is its turn, or `refused` when there is no
  /// room on the machine then. The queue outlives its tickets.
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
