#pragma once

#include <chrono>
#include <string>

namespace fanlight::rtsp {

/// The requests that keep the RTSP session of a connection alive.
struct KeepAlivePlan {
  /// listed: GET_PARAMETER if the camera lists it, otherwise OPTIONS. other: the one of them that
  /// it would not be.
  enum class Request { listed, other, set_parameter };
  Request request = Request::listed;
  std::chrono::milliseconds longest_period{30'000};

  /// The method for a camera that does or does not list GET_PARAMETER in its Public header.
  const char* method(bool lists_get_parameter) const;
  /// How often to send it if the session lasts for `timeout` without any: at least twice per
  /// timeout, so that one may be lost.
  std::chrono::milliseconds period(std::chrono::milliseconds timeout) const;
};

/// Learns which requests keep the sessions of one camera alive. Some cameras list a method that
/// does not, or do not list the one that does.
class KeepAlive {
 public:
  const KeepAlivePlan& plan() const { return plan_; }
  /// The camera has ended a session that had played for `age`, in which the plan sent `requests`
  /// keep-alives, and which lasts for `timeout` without any. Two sessions in a row that end at the
  /// same age change the plan, unless they had outlived their timeout for long. Returns what
  /// changed, in words; empty: nothing.
  std::string on_lost(std::chrono::milliseconds age, unsigned requests,
                      std::chrono::milliseconds timeout);

 private:
  KeepAlivePlan plan_;
  std::chrono::milliseconds last_age_{0};
};

} // namespace fanlight::rtsp
