#include "http/poller.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/epoll.h>

namespace fanlight::http {

struct Poller::Source {
  GSource base;
  Poller* poller;
  GPollFD polled;
};

Poller* Poller::get() {
  static Poller* poller = nullptr;
  if (poller == nullptr)
    if (const int epoll = epoll_create1(EPOLL_CLOEXEC); epoll >= 0) poller = new Poller(epoll);
  return poller;
}

/// The source itself is never ready: the waiting sources are, and check it.
Poller::Poller(int epoll) : epoll_(epoll) {
  static GSourceFuncs functions{
      nullptr,
      +[](GSource* source) -> gboolean {
        auto* self = reinterpret_cast<Source*>(source);
        self->poller->begin_turn(self->polled.revents != 0);
        return FALSE;
      },
      +[](GSource*, GSourceFunc, gpointer) -> gboolean { return G_SOURCE_CONTINUE; },
      nullptr,
      nullptr,
      nullptr};
  GSource* source = g_source_new(&functions, sizeof(Source));
  auto* self = reinterpret_cast<Source*>(source);
  self->poller = this;
  self->polled = {.fd = epoll_, .events = G_IO_IN, .revents = 0};
  g_source_add_poll(source, &self->polled); // g_source_add_unix_fd() would make the source ready.
  g_source_set_priority(source, G_PRIORITY_HIGH); // Before all waiting sources.
  g_source_set_can_recurse(source, TRUE);
  g_source_attach(source, nullptr);
}

void Poller::begin_turn(bool any) {
  ++turn_;
  if (!any) return;
  // Sockets that do not fit come first in the next turn.
  std::array<epoll_event, 1024> events{};
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i)
    if (Waiter* waiter = waiters_[static_cast<std::size_t>(events[i].data.fd)])
      waiter->turn = turn_;
}

void Poller::watch(Waiter& waiter, int socket) {
  if (socket < 0) return; // Closed already: it has nothing to read.
  const auto at = static_cast<std::size_t>(socket);
  waiters_.resize(std::max(waiters_.size(), at + 1));
  if (Waiter* before = std::exchange(waiters_[at], &waiter)) before->socket = -1;
  waiter.socket = socket;
  epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
  // The socket is already known if it was watched before, and gone if it was closed since.
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0)
    epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
}

void Poller::forget(Waiter& waiter) {
  if (waiter.socket < 0) return;
  waiters_[static_cast<std::size_t>(waiter.socket)] = nullptr;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, std::exchange(waiter.socket, -1), nullptr);
}

} // namespace fanlight::http
