#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "support/hang_limit.h"

namespace fanlight::test {

/// A child process of a test and all that it says. Killed when destroyed, and when the test dies.
class Process {
 public:
  using Seconds = std::chrono::seconds;

  /// `environment` is beside that of the test.
  explicit Process(std::vector<std::string> command,
                   const std::map<std::string, std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits for `text` in stdout or stderr, searching from `from`. False if it does not come
  /// or the process ends without it.
  bool wait_output(const std::string& text, Seconds limit = kHangLimit, std::size_t from = 0);
  /// Stdout and stderr so far, as they came.
  std::string output() const;
  /// The exit code, 128 + the signal that ended it, or nothing if it runs on.
  std::optional<int> wait_exit(Seconds limit = kHangLimit);
  void signal(int number) const;
  pid_t pid() const { return pid_; }

 private:
  void read(int descriptor);

  std::string program_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
  std::thread reader_;
  mutable std::mutex mutex_; ///< Protects output_ and end_.
  std::condition_variable changed_;
  std::string output_;
  bool end_ = false; ///< Of the output.
};

} // namespace fanlight::test
