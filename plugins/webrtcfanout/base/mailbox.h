#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace fanlight::fanout {

/// Tasks from other threads for a worker. A readable file descriptor wakes the worker.
class Mailbox {
 public:
  using Task = std::function<void()>;

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Any thread; the task runs on the worker. After close(), tasks are dropped.
  void post(Task task);
  /// Only wakes the worker. Any thread.
  void wake();
  /// Accepts no more tasks.
  void close();

  int fd() const { return fd_; }
  bool good() const { return fd_ >= 0; }
  /// Worker: clears the descriptor when it is readable; call it before take().
  void clear_wakeup();
  /// Worker: takes all tasks, in order.
  void take(std::vector<Task>& tasks);

 private:
  const int fd_;
  std::atomic<bool> woken_{false};
  std::mutex lock_; ///< Protects tasks_ and closed_.
  std::vector<Task> tasks_;
  bool closed_ = false;
};

} // namespace fanlight::fanout
