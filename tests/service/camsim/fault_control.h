#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace fanlight::test {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// The control port of a fanlight-camsim: CamsimProcess::url("control").
class FaultControl {
 public:
  explicit FaultControl(std::string url) : url_(std::move(url)) {}

  HttpAnswer request(const std::string& method, const std::string& path,
                     const std::string& body = "") const;
  /// Adds to the faults of a camera; true when it was taken.
  bool set(const std::string& camera, const std::string& json) const;
  bool clear(const std::string& camera) const;
  std::string state(const std::string& camera) const;
  /// Asks for the state until it holds that text; false if it never does.
  bool wait_for(const std::string& camera, const std::string& text) const;

 private:
  const std::string url_;
};

} // namespace fanlight::test
