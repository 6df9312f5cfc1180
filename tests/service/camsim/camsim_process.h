#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/hang_limit.h"

namespace fanlight::test {

/// A running fanlight-camsim: the binary of $FANLIGHT_CAMSIM on a free port of 127.0.0.1. Killed
/// when destroyed, and when the test dies.
class CamsimProcess {
 public:
  /// Starts it with `arguments` after `--listen 127.0.0.1:0`.
  explicit CamsimProcess(std::vector<std::string> arguments);
  ~CamsimProcess();
  CamsimProcess(const CamsimProcess&) = delete;
  CamsimProcess& operator=(const CamsimProcess&) = delete;

  /// Waits for `ready`; false when it ended or hangs.
  bool wait_ready();
  /// rtsp://127.0.0.1:port/id of a camera it announced; empty for any other id.
  std::string url(const std::string& id) const;
  const std::vector<std::string>& lines() const { return lines_; }

  void signal(int number) const;
  /// The exit code; empty when it has not ended in time, or by a signal.
  std::optional<int> wait_exit(std::chrono::seconds limit = kHangLimit);
  /// What it wrote to stderr; waits for its end.
  std::string read_errors();
  pid_t pid() const { return pid_; }

 private:
  std::optional<std::string> read_line(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = 0;
  int out_ = -1;
  int err_ = -1;
  bool ended_ = false;
  std::string start_error_; ///< Why there is no process.
  std::string pending_;
  std::vector<std::string> lines_;
  std::map<std::string, std::string> urls_;
};

} // namespace fanlight::test
