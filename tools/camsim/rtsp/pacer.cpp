#include "camsim/rtsp/pacer.h"

#include <algorithm>

namespace fanlight::camsim {

Pacer::Pacer() : thread_([this] { run(); }) {}

Pacer::~Pacer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Pacer::add(Task& task, Clock::time_point due) {
  {
    const std::lock_guard lock(mutex_);
    due_.emplace(due, &task);
  }
  changed_.notify_all();
}

void Pacer::remove(Task& task) {
  std::unique_lock lock(mutex_);
  std::erase_if(due_, [&](const auto& entry) { return entry.second == &task; });
  if (running_ != &task) return;
  removed_running_ = true;
  changed_.wait(lock, [&] { return running_ != &task; });
}

void Pacer::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = due_.begin();
    const auto now = Clock::now();
    if (first->first > now) {
      changed_.wait_until(lock, Clock::time_point(first->first));
      continue;
    }
    running_ = first->second;
    removed_running_ = false;
    due_.erase(first);
    lock.unlock();
    const auto next = running_->tick(now);
    lock.lock();
    if (next && !removed_running_) due_.emplace(*next, running_);
    running_ = nullptr;
    if (removed_running_) changed_.notify_all();
  }
}

} // namespace fanlight::camsim
