#include "load/net/loop.h"

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
  // Rounded up: a slot is run when all of it is due.
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

Loop::Loop() {
  for (Queue* const queue : {&first_, &crowd_}) {
    queue->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (queue->epoll < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &crowd_}};
  epoll_ctl(first_.epoll, EPOLL_CTL_ADD, crowd_.epoll, &event);
  for (std::size_t i = 0; i < kSlots; ++i)
    slots_.push_back(std::make_unique<Timer>(*this, nullptr));
}

Loop::~Loop() {
  close(crowd_.epoll);
  close(first_.epoll);
}

bool Loop::watch(int fd, std::uint32_t events, Listener& listener) {
  epoll_event event{.events = events, .data = {.ptr = &listener}};
  return epoll_ctl(first_.epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Loop::change(int fd, std::uint32_t events, Listener& listener) {
  epoll_event event{.events = events, .data = {.ptr = &listener}};
  epoll_ctl(first_.epoll, EPOLL_CTL_MOD, fd, &event);
}

void Loop::join_crowd(int fd, std::uint32_t events, Listener& listener) {
  forget(first_, fd, &listener);
  epoll_event event{.events = events, .data = {.ptr = &listener}};
  epoll_ctl(crowd_.epoll, EPOLL_CTL_ADD, fd, &event);
}

void Loop::forget(int fd, const Listener& listener) {
  forget(first_, fd, &listener);
  forget(crowd_, fd, &listener);
}

void Loop::forget(Queue& queue, int fd, const void* listener) {
  epoll_ctl(queue.epoll, EPOLL_CTL_DEL, fd, nullptr);
  for (int i = queue.current + 1; i < queue.ready; ++i) {
    epoll_event& event = queue.events[static_cast<std::size_t>(i)];
    if (event.data.ptr == listener) event.data.ptr = nullptr;
  }
}

template <typename OnEvent> void Loop::serve(Queue& queue, int timeout_ms, OnEvent on_event) {
  queue.ready = epoll_wait(queue.epoll, queue.events.data(), static_cast<int>(queue.events.size()),
                           timeout_ms);
  for (queue.current = 0; queue.current < queue.ready; ++queue.current) {
    const epoll_event& event = queue.events[static_cast<std::size_t>(queue.current)];
    if (event.data.ptr != nullptr) on_event(event); // Null: forgotten meanwhile.
  }
  queue.ready = 0;
}

void Loop::run() {
  running_ = true;
  while (running_) {
    const Time next = started_ + turned_ * kSlot;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    serve_first(static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (std::exchange(crowd_ready_, false)) serve_crowd();
    turn_wheel(Clock::now());
  }
}

void Loop::serve_first(int timeout_ms) {
  serve(first_, timeout_ms, [this](const epoll_event& event) {
    if (event.data.ptr == &crowd_)
      crowd_ready_ = true;
    else
      static_cast<Listener*>(event.data.ptr)->on_ready(event.events);
  });
}

void Loop::serve_crowd() {
  constexpr int kBetween = 16; // Sockets of the crowd before the others are served: about 0.2 ms.
  serve(crowd_, 0, [this](const epoll_event& event) {
    static_cast<Listener*>(event.data.ptr)->on_ready(event.events);
    if (crowd_.current % kBetween == kBetween - 1) serve_first(0);
  });
}

void Loop::turn_wheel(Time now) {
  for (const std::int64_t end = slot_of(now); turned_ <= end;) {
    // Advances before the tasks run: timers that they start belong to a later slot.
    Timer& slot = *slots_[static_cast<std::size_t>(turned_++) % kSlots];
    if (!slot.started()) continue;
    // Uses a list of its own, because tasks start and stop timers, including their own.
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
