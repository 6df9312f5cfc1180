#include "process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash.h"

namespace fanlight::test {

Process::Process(std::vector<std::string> command,
                 const std::map<std::string, std::string>& environment)
    : program_(command.front()) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127); // It died before that.
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  reader_ = std::thread{[this, end = ends[0]] { read(end); }};
}

Process::~Process() {
  if (pid_ > 0 && !exit_code_) {
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    tell_crash(program_, status); // It may have ended before.
  }
  if (reader_.joinable()) reader_.join();
}

void Process::read(int descriptor) {
  char buffer[16384];
  while (true) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    const std::lock_guard lock{mutex_};
    if (got > 0)
      output_.append(buffer, static_cast<std::size_t>(got));
    else
      end_ = true;
    changed_.notify_all();
    if (end_) break;
  }
  close(descriptor);
}

bool Process::wait_output(const std::string& text, Seconds limit, std::size_t from) {
  std::unique_lock lock{mutex_};
  const auto found = [&] { return output_.find(text, from) != std::string::npos; };
  changed_.wait_for(lock, limit, [&] { return found() || end_; });
  return found();
}

std::string Process::output() const {
  const std::lock_guard lock{mutex_};
  return output_;
}

std::optional<int> Process::wait_exit(Seconds limit) {
  if (exit_code_ || pid_ <= 0) return exit_code_;
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{handle, POLLIN, 0};
  const auto milliseconds = std::chrono::milliseconds{limit}.count();
  const int ready = poll(&ended, 1, static_cast<int>(milliseconds));
  close(handle);
  if (ready != 1) return {};
  int status = 0;
  waitpid(pid_, &status, 0);
  tell_crash(program_, status);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  reader_.join(); // All output is there.
  return exit_code_;
}

void Process::signal(int number) const { kill(pid_, number); }

} // namespace fanlight::test
