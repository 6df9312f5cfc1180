#include "loop.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace fanlight::load {

Timer::Timer(Loop& loop, std::function<void()> task) : loop_(loop), task_(std::move(task)) {}

void Timer::start(Time due) {
  stop();
  due_ = due;
  // Rounded up: a slot is looked at when all of it is due.
  const auto slot = std::max(loop_.slot_of(due) + 1, loop_.turned_);
  put_into(*loop_.slots_[static_cast<std::size_t>(slot) % Loop::kSlots]);
}

void Timer::stop() {
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = this;
}

void Timer::put_into(Timer& list) {
  next_ = &list;
  previous_ = list.previous_;
  previous_->next_ = this;
  list.previous_ = this;
}

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  for (std::size_t i = 0; i < kSlots; ++i)
    slots_.push_back(std::make_unique<Timer>(*this, nullptr));
}

Loop::~Loop() { close(epoll_); }

bool Loop::watch(int fd, std::uint32_t events, Listener& listener) {
  epoll_event event{.events = events, .data = {.ptr = &listener}};
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Loop::change(int fd, std::uint32_t events, Listener& listener) {
  epoll_event event{.events = events, .data = {.ptr = &listener}};
  epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void Loop::forget(int fd, const Listener& listener) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  for (int i = current_ + 1; i < ready_; ++i)
    if (events_[static_cast<std::size_t>(i)].data.ptr == &listener)
      events_[static_cast<std::size_t>(i)].data.ptr = nullptr;
}

void Loop::run() {
  running_ = true;
  while (running_) {
    const Time next = started_ + turned_ * kSlot;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    const int timeout = static_cast<int>(std::max<std::int64_t>(0, left.count()));
    ready_ = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), timeout);
    for (current_ = 0; current_ < ready_; ++current_) {
      const epoll_event& event = events_[static_cast<std::size_t>(current_)];
      if (event.data.ptr != nullptr) static_cast<Listener*>(event.data.ptr)->on_ready(event.events);
    }
    ready_ = 0;
    turn_wheel(Clock::now());
  }
}

void Loop::turn_wheel(Time now) {
  for (const std::int64_t end = slot_of(now); turned_ <= end;) {
    // Counted before its tasks run: what they start belongs to a later one.
    Timer& slot = *slots_[static_cast<std::size_t>(turned_++) % kSlots];
    if (!slot.started()) continue;
    // Moved to a list of its own: tasks start and stop timers, themselves and others.
    Timer list{*this, nullptr};
    list.next_ = slot.next_;
    list.previous_ = slot.previous_;
    list.next_->previous_ = list.previous_->next_ = &list;
    slot.next_ = slot.previous_ = &slot;
    while (list.started()) {
      Timer& timer = *list.next_;
      timer.stop();
      if (timer.due_ > now)
        timer.put_into(slot); // In a later turn of the wheel.
      else
        timer.task_();
    }
  }
}

} // namespace fanlight::load
