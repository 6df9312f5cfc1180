#include "camsim_process.h"

#include <csignal>
#include <cstdlib>

#include <glib.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash.h"

namespace fanlight::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kName = "fanlight-camsim";

bool wait_readable(int fd, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd entry{fd, POLLIN, 0};
  return left.count() > 0 && ::poll(&entry, 1, static_cast<int>(left.count())) == 1;
}

} // namespace

CamsimProcess::CamsimProcess(std::vector<std::string> arguments) {
  const char* binary = std::getenv("FANLIGHT_CAMSIM");
  arguments.insert(arguments.begin(),
                   {binary != nullptr ? binary : kName, "--listen", "127.0.0.1:0"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const auto die_with_parent = [](gpointer) { ::prctl(PR_SET_PDEATHSIG, SIGKILL); };
  GError* raw = nullptr;
  g_spawn_async_with_pipes(
      nullptr, argv.data(), nullptr,
      static_cast<GSpawnFlags>(G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH), die_with_parent,
      nullptr, &pid_, nullptr, &out_, &err_, &raw);
  if (raw != nullptr) start_error_ = raw->message;
  g_clear_error(&raw);
}

CamsimProcess::~CamsimProcess() {
  if (pid_ != 0 && !ended_) {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    tell_crash(kName, status); // It may have ended before.
  }
  if (out_ >= 0) ::close(out_);
  if (err_ >= 0) ::close(err_);
}

std::optional<std::string> CamsimProcess::read_line(Clock::time_point deadline) {
  while (true) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (!wait_readable(out_, deadline)) return {};
    char buffer[4096];
    const ssize_t size = ::read(out_, buffer, sizeof buffer);
    if (size <= 0) return {};
    pending_.append(buffer, static_cast<std::size_t>(size));
  }
}

bool CamsimProcess::wait_ready() {
  if (pid_ == 0) return false;
  const auto deadline = Clock::now() + kHangLimit;
  while (const auto line = read_line(deadline)) {
    lines_.push_back(*line);
    if (*line == "ready") return true;
    if (const auto space = line->find(' '); space != std::string::npos)
      urls_[line->substr(0, space)] = line->substr(space + 1);
  }
  return false;
}

std::string CamsimProcess::url(const std::string& id) const {
  const auto found = urls_.find(id);
  return found == urls_.end() ? "" : found->second;
}

void CamsimProcess::signal(int number) const {
  if (pid_ != 0) ::kill(pid_, number);
}

std::optional<int> CamsimProcess::wait_exit(std::chrono::seconds limit) {
  if (pid_ == 0) return {};
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  const bool ended = fd >= 0 && wait_readable(fd, Clock::now() + limit);
  if (fd >= 0) ::close(fd);
  if (!ended) return {};
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ended_ = true;
  tell_crash(kName, status);
  if (!WIFEXITED(status)) return {};
  return WEXITSTATUS(status);
}

std::string CamsimProcess::read_errors() {
  if (pid_ == 0) return start_error_;
  std::string text;
  char buffer[4096];
  const auto deadline = Clock::now() + kHangLimit;
  while (wait_readable(err_, deadline)) {
    const ssize_t size = ::read(err_, buffer, sizeof buffer);
    if (size <= 0) break;
    text.append(buffer, static_cast<std::size_t>(size));
  }
  return text;
}

} // namespace fanlight::test
