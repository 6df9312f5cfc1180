#include "rtsp/keep_alive.h"

#include <algorithm>
#include <utility>

namespace fanlight::rtsp {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSameAge{1000}; // At least; otherwise a tenth of the age.
/// A session that ends sooner does not end for want of requests.
constexpr milliseconds kLeastAge{3000};
/// A session that ends later was kept alive, and ends for another reason: a nightly reboot, or a
/// camera that ends each session after some time.
constexpr int kMostTimeouts = 3;

} // namespace

const char* KeepAlivePlan::method(bool lists_get_parameter) const {
  if (request == Request::set_parameter) return "SET_PARAMETER";
  return lists_get_parameter == (request == Request::listed) ? "GET_PARAMETER" : "OPTIONS";
}

milliseconds KeepAlivePlan::period(milliseconds timeout) const {
  return std::min(timeout / 2, longest_period);
}

std::string KeepAlive::on_lost(milliseconds age, unsigned requests, milliseconds timeout) {
  if (age < kLeastAge) return {};
  if (age > kMostTimeouts * timeout) {
    last_age_ = {};
    return {};
  }
  const milliseconds before = std::exchange(last_age_, age);
  const auto apart = std::chrono::abs(age - before);
  if (before.count() == 0 || apart > std::max(kSameAge, before / 10)) return {};
  last_age_ = {};
  const std::string begin =
      "two sessions ended after " + std::to_string(age.count() / 1000) + " s: ";
  if (requests == 0) {
    plan_.longest_period = age / 2;
    return begin + "the server now keeps them alive every " +
           std::to_string(plan_.longest_period.count() / 1000) + " s";
  }
  constexpr int kRequests = 3;
  plan_.request =
      static_cast<KeepAlivePlan::Request>((static_cast<int>(plan_.request) + 1) % kRequests);
  return begin + "the server now keeps them alive by another request";
}

} // namespace fanlight::rtsp
