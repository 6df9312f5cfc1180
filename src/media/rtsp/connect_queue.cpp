#include "media/rtsp/connect_queue.h"

#include <algorithm>
#include <utility>

#include <glib.h>

namespace fanlight::media {

ConnectQueue::Ticket::~Ticket() { queue_.leave(*this); }

Result<Reservation> ConnectQueue::reserve_room() {
  return Reservation::take(kRoom, kSpare, {"for_camera"_reason, "another camera"});
}

std::unique_ptr<ConnectQueue::Ticket> ConnectQueue::enter(Begin begin, Refused refused) {
  std::unique_ptr<Ticket> ticket{new Ticket(*this, std::move(begin), std::move(refused))};
  waiting_.push_back(ticket.get());
  plan();
  return ticket;
}

void ConnectQueue::plan() {
  if (waiting_.empty() || next_.running() || under_way_ >= kAtOnce) return;
  const std::chrono::milliseconds since{(g_get_monotonic_time() - last_us_) / 1000};
  next_.once(std::max(std::chrono::milliseconds{0}, kSpacing - since), [this] { admit(); });
}

void ConnectQueue::admit() {
  if (waiting_.empty()) return;
  auto room = reserve_();
  // The connections under way soon have their threads, or have failed.
  if (!room && under_way_ > 0) return;
  Ticket& ticket = *waiting_.front();
  waiting_.pop_front();
  last_us_ = g_get_monotonic_time();
  if (!room) {
    plan();
    return std::exchange(ticket.refused_, nullptr)(room.error()); // May end the ticket.
  }
  ticket.room_ = std::move(*room);
  ++under_way_;
  ticket.counted_ = true;
  ticket.hold_.once(hold_, [this, &ticket] {
    ticket.counted_ = false;
    ticket.room_.reset(); // By now it has created most of its threads.
    --under_way_;
    plan();
  });
  plan();
  std::exchange(ticket.begin_, nullptr)(); // May end the ticket.
}

void ConnectQueue::leave(Ticket& ticket) {
  std::erase(waiting_, &ticket);
  if (std::exchange(ticket.counted_, false)) --under_way_;
  plan();
}

} // namespace fanlight::media
