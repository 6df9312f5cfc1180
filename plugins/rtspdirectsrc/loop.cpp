#include "loop.h"

#include <algorithm>
#include <csignal>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

namespace fanlight::direct {
namespace {

struct AllLoops {
  std::mutex lock; ///< Protects loops, and the number of places of each.
  std::vector<std::shared_ptr<Loop>> loops;
};
/// Never destroyed: threads may outlive main().
AllLoops& all() {
  static auto& loops = *new AllLoops;
  return loops;
}

} // namespace

std::int64_t now_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

std::unique_ptr<Loop::Place> Loop::enter() {
  AllLoops& known = all();
  const std::lock_guard lock{known.lock};
  std::vector<std::shared_ptr<Loop>>& loops = known.loops;
  auto least = std::min_element(loops.begin(), loops.end(), [](const auto& a, const auto& b) {
    return a->places_ < b->places_;
  });
  const std::size_t most =
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostLoops);
  if (least == loops.end() || ((*least)->places_ >= kFew && loops.size() < most)) {
    auto loop = std::make_shared<Loop>();
    if (loop->is_good() && loop->start()) {
      loops.push_back(std::move(loop));
      least = loops.end() - 1;
    }
  }
  if (least == loops.end()) return nullptr;
  ++(*least)->places_;
  return std::make_unique<Place>(*least);
}

Loop::Place::~Place() {
  const std::lock_guard lock{all().lock};
  --loop_->places_;
}

Loop::Loop()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Loop::~Loop() {
  if (wake_ >= 0) close(wake_);
  if (epoll_ >= 0) close(epoll_);
}

bool Loop::start() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = this;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) return false;
  try {
    std::thread{[self = shared_from_this()] { self->run(); }}.detach();
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Loop::post(Task task) {
  {
    const std::lock_guard lock{lock_};
    tasks_.push_back(std::move(task));
    if (tasks_.size() > 1) return; // It is awake for the first.
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one); // Cannot overflow.
}

bool Loop::watch(int descriptor, std::uint32_t events, Reader& reader) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &reader;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Loop::change(int descriptor, std::uint32_t events, Reader& reader) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &reader;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Loop::forget(int descriptor, Reader& reader) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  for (int i = 0; i < ready_; ++i) {
    epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &reader) event.data.ptr = nullptr;
  }
}

void Loop::run() {
  thread_ = std::this_thread::get_id();
  pthread_setname_np(pthread_self(), "rtspdirectsrc");
  // OpenSSL writes to sockets without MSG_NOSIGNAL.
  sigset_t broken_pipes;
  sigemptyset(&broken_pipes);
  sigaddset(&broken_pipes, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipes, nullptr);
  std::int64_t ticked_us = now_us();
  std::int64_t busy_us = ticked_us;
  while (true) {
    ready_ = std::max(0, epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()),
                                    members_.empty() ? kIdleMs : kTickMs));
    for (int i = 0; i < ready_; ++i) {
      const epoll_event event = events_[static_cast<std::size_t>(i)];
      if (event.data.ptr == this)
        clear_wake();
      else if (event.data.ptr != nullptr)
        static_cast<Reader*>(event.data.ptr)->on_ready(event.events);
    }
    ready_ = 0;
    run_tasks();
    const std::int64_t now = now_us();
    if (now - ticked_us >= std::int64_t{kTickMs} * 1000) {
      ticked_us = now;
      tick(now);
    }
    if (!members_.empty()) busy_us = now;
    if (is_over(busy_us, now)) return;
  }
}

bool Loop::is_over(std::int64_t busy_us, std::int64_t now_us) {
  if (now_us - busy_us < std::int64_t{kIdleMs} * 1000) return false;
  AllLoops& known = all();
  const std::lock_guard lock{known.lock};
  if (places_ > 0) return false;
  std::erase(known.loops, shared_from_this());
  return true;
}

void Loop::clear_wake() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_, &count, sizeof count);
}

void Loop::run_tasks() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock{lock_};
    if (tasks_.empty()) return;
    tasks.swap(tasks_);
  }
  for (const Task& task : tasks) task();
}

void Loop::tick(std::int64_t now_us) {
  // A member may add another one.
  for (std::size_t i = 0; i < members_.size();) {
    const std::shared_ptr<Member> member = members_[i];
    if (member->on_tick(now_us))
      ++i;
    else
      members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

} // namespace fanlight::direct
