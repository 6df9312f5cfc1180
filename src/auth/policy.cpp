#include "auth/policy.h"

#include <string>
#include <utility>

#include "auth/access.h"

namespace fanlight::auth {

const char* to_string(Action action) {
  switch (action) {
  case Action::view: return "view";
  case Action::playback: return "playback";
  case Action::control: return "control";
  case Action::configure: return "configure";
  case Action::inspect: return "inspect";
  }
  return "";
}

std::optional<http::Problem> AddressPolicy::page_refusal(const RequestOrigin& page) const {
  return viewing_refusal(page, config_.server, config_.embed);
}

std::optional<http::Problem> AddressPolicy::refusal(const Principal& principal, Action action,
                                                    std::string_view) const {
  switch (action) {
  case Action::view:
  case Action::playback:
  case Action::control:
  // Without logins, every client whose page is allowed may do these.
  case Action::inspect: return {};
  case Action::configure: break;
  }
  Reason why = settings_refusal(principal, config_.server);
  if (why.empty()) return {};
  return http::Problem{http::Failure::not_allowed, std::move(why)};
}

} // namespace fanlight::auth
