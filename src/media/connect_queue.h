#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "base/main_loop.h"

namespace fanlight::media {

/// Lets connections to cameras begin one after the other: a hundred cameras that come back after a
/// power cut must neither storm the network nor hold up the main thread.
///
/// One begins every kSpacing, and at most kAtOnce are under way; one that takes longer than kHold
/// makes room, as a camera that hangs must not keep others waiting. Main only.
class ConnectQueue {
 public:
  static constexpr std::chrono::milliseconds kSpacing{10};
  static constexpr std::size_t kAtOnce = 24;
  static constexpr std::chrono::milliseconds kHold{1500};

  /// A place in the queue, and then among those that connect; given up with its end.
  class Ticket {
   public:
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    friend class ConnectQueue;
    Ticket(ConnectQueue& queue, std::function<void()> begin)
        : queue_(queue), begin_(std::move(begin)) {}
    ConnectQueue& queue_;
    std::function<void()> begin_;
    Timer hold_;
    bool counted_ = false;
  };

  /// `begin` is called, in a turn of its own, when it is its turn. The queue outlives its tickets.
  std::unique_ptr<Ticket> enter(std::function<void()> begin);

 private:
  void plan();
  void admit();
  void leave(Ticket& ticket);

  std::deque<Ticket*> waiting_;
  std::size_t under_way_ = 0;
  Timer next_;
  std::int64_t last_us_ = 0;
};

} // namespace fanlight::media
