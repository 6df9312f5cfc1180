#include "webrtcfanout/base/mailbox.h"

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace fanlight::fanout {

Mailbox::Mailbox() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Mailbox::~Mailbox() {
  if (fd_ >= 0) ::close(fd_);
}

void Mailbox::post(Task task) {
  {
    std::lock_guard lock(lock_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
  }
  wake();
}

void Mailbox::wake() {
  if (woken_.exchange(true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof one); // Cannot overflow.
}

void Mailbox::close() {
  std::vector<Task> dropped;
  std::lock_guard lock(lock_);
  closed_ = true;
  dropped.swap(tasks_);
}

void Mailbox::clear_wakeup() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(fd_, &count, sizeof count);
}

void Mailbox::take(std::vector<Task>& tasks) {
  // Later tasks wake the worker again; an exchange, so that earlier ones are visible. The
  // descriptor is not read here: wake() may still be about to write to it.
  woken_.exchange(false);
  tasks.clear();
  std::lock_guard lock(lock_);
  tasks.swap(tasks_);
}

} // namespace fanlight::fanout
