#include "media/connect_queue.h"

#include <algorithm>
#include <utility>

#include <glib.h>

namespace fanlight::media {

ConnectQueue::Ticket::~Ticket() { queue_.leave(*this); }

std::unique_ptr<ConnectQueue::Ticket> ConnectQueue::enter(std::function<void()> begin) {
  std::unique_ptr<Ticket> ticket{new Ticket(*this, std::move(begin))};
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
  Ticket& ticket = *waiting_.front();
  waiting_.pop_front();
  last_us_ = g_get_monotonic_time();
  ++under_way_;
  ticket.counted_ = true;
  ticket.hold_.once(kHold, [this, &ticket] {
    ticket.counted_ = false;
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
