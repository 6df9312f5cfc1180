#include "loop.h"

#include <array>
#include <system_error>

#include <sys/epoll.h>
#include <unistd.h>

namespace fanlight::crowd {
namespace {

constexpr std::chrono::milliseconds kTick{10};

} // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Loop::~Loop() { close(epoll_); }

void Loop::watch(int fd, std::uint32_t events, Handler handler) {
  const bool known = handlers_.contains(fd);
  handlers_[fd] = std::make_shared<Handler>(std::move(handler));
  epoll_event event{.events = events, .data = {.fd = fd}};
  if (epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Loop::forget(int fd) {
  if (handlers_.erase(fd) > 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::run() {
  running_ = true;
  Time next_tick = Clock::now() + kTick;
  std::array<epoll_event, 64> events;
  while (running_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - Clock::now());
    const int timeout = static_cast<int>(std::max<std::int64_t>(0, left.count()));
    const int count = epoll_wait(epoll_, events.data(), events.size(), timeout);
    for (int i = 0; i < count; ++i) {
      const auto found = handlers_.find(events[i].data.fd);
      if (found == handlers_.end()) continue;
      const auto handler = found->second; // It may forget itself.
      (*handler)(events[i].events);
    }
    if (const Time now = Clock::now(); now >= next_tick) {
      next_tick = now + kTick;
      if (tick_) tick_();
    }
  }
}

} // namespace fanlight::crowd
