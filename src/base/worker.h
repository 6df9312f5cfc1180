#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace fanlight {

/// A thread that does what may block or takes long, in the order of the calls. It begins with the
/// first task.
///
/// Threads: push() and size() on one thread, the owner's. The destructor waits until every task is
/// done.
class Worker {
 public:
  /// `niceness`: at least how much the thread gives way to others (nice(2)); 0: like them.
  explicit Worker(int niceness = 0) : niceness_(niceness) {}
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// `task` and what it holds are destroyed on the worker.
  void push(std::function<void()> task);
  bool started() const { return thread_.joinable(); }
  /// The tasks that have not begun.
  std::size_t size() const;

 private:
  void run();

  const int niceness_;
  mutable std::mutex mutex_; ///< Protects tasks_ and ending_.
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace fanlight
