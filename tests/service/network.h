#pragma once

#include <functional>
#include <string>

namespace fanlight::test {

/// Two machines on one cable, made of network namespaces: this thread is on the near one, with the
/// address 10.77.0.1, and 10.77.0.2 is the far one. Its processes are on the machine where they
/// were started. Gone when destroyed; only root can make it.
class Network {
 public:
  Network();
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// Why there is none; empty: there is.
  const std::string& fault() const { return fault_; }
  /// Runs it on the far machine.
  void at_far(const std::function<void()>& action) const;

 private:
  std::string open();

  int home_ = -1;
  int near_ = -1;
  int far_ = -1;
  std::string fault_;
};

} // namespace fanlight::test
