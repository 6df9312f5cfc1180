#include "signals.h"

#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

namespace fanlight::load {
namespace {

sigset_t endings() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

Signals::Signals(Loop& loop, Observer& observer) : loop_(loop), observer_(observer) {
  const sigset_t set = endings();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  loop_.watch(fd_, EPOLLIN, *this);
}

Signals::~Signals() {
  loop_.forget(fd_, *this);
  close(fd_);
  const sigset_t set = endings();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void Signals::on_ready(std::uint32_t) {
  signalfd_siginfo info{};
  if (read(fd_, &info, sizeof info) == sizeof info)
    observer_.on_signal(static_cast<int>(info.ssi_signo));
}

} // namespace fanlight::load
