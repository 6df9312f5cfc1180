#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace fanlight::fanout {

/// What other threads ask of a worker. It wakes up by a file descriptor that becomes readable.
class Mailbox {
 public:
  using Task = std::function<void()>;

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Any thread; the task runs on the worker. Not once closed: then it is dropped.
  void post(Task task);
  /// Only wakes it. Any thread.
  void wake();
  /// Nothing is taken any more.
  void close();

  int fd() const { return fd_; }
  bool good() const { return fd_ >= 0; }
  /// The worker, when the descriptor is readable and before take(): it is not any more.
  void clear_wakeup();
  /// The worker: what there is, in order.
  void take(std::vector<Task>& tasks);

 private:
  const int fd_;
  std::atomic<bool> woken_{false};
  std::mutex lock_; ///< Protects tasks_ and closed_.
  std::vector<Task> tasks_;
  bool closed_ = false;
};

} // namespace fanlight::fanout
