#pragma once

#include <memory>
#include <string>
#include <vector>

#include "process.h"

namespace fanlight::test {

/// A camera with habits before one of fanlight-camsim: tests/support/odd_camera.py, which says in
/// its output what it is asked.
class OddCamera {
 public:
  /// `real` is the URL of the other one.
  OddCamera(const std::string& real, std::vector<std::string> habits);

  std::string url(const std::string& scheme = "rtsp") const {
    return scheme + "://127.0.0.1:" + port_ + path_;
  }
  Process& process() { return *process_; }
  /// What it was asked so far, one request a line; empty at the start.
  std::string requests() const;
  /// Waits for another `line` in what it says.
  bool wait(const std::string& line, Process::Seconds limit = kHangLimit) {
    return process_->wait_output(line, limit);
  }

 private:
  std::string path_;
  std::string port_;
  std::unique_ptr<Process> process_;
};

/// A certificate that signed itself, for 127.0.0.1, with its key, in one PEM file in `folder`.
struct OwnCertificate {
  explicit OwnCertificate(const std::string& folder, const std::string& host = "127.0.0.1");
  std::string path;
  std::string fingerprint; ///< As openssl prints it.
};

} // namespace fanlight::test
