#include "base/worker.h"

#include <utility>

#include <sys/resource.h>

namespace fanlight {

Worker::~Worker() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::push(std::function<void()> task) {
  {
    const std::lock_guard lock{mutex_};
    tasks_.push_back(std::move(task));
  }
  if (thread_.joinable())
    changed_.notify_one();
  else
    thread_ = std::thread{[this] { run(); }};
}

std::size_t Worker::size() const {
  const std::lock_guard lock{mutex_};
  return tasks_.size();
}

void Worker::run() {
  // On Linux, 0 is the calling thread.
  if (getpriority(PRIO_PROCESS, 0) < niceness_) setpriority(PRIO_PROCESS, 0, niceness_);
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    } // Without the lock: what the task holds may take long to destroy.
    lock.lock();
  }
}

} // namespace fanlight
