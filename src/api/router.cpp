#include "api/router.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "config/request.h"

namespace fanlight::http {
namespace {

/// The camera that a route is about; empty: none.
std::string_view camera_of(const Route& route, const Parameters& parameters) {
  // It is the first parameter, where it is one.
  return route.pattern.find("{camera}") == std::string::npos ? std::string_view{}
                                                             : std::string_view{parameters.at(0)};
}

/// One call for each action, as each call has a limit of its own: a client that causes thousands of
/// refusals of one kind hides none of another.
void log_refusal(auth::Action action, const std::string& client, const std::string& why) {
  switch (action) {
  case auth::Action::view:
    return log::info("http", {{"client", client}}, "refusing a viewer: " + why);
  case auth::Action::playback:
    return log::info("http", {{"client", client}}, "refusing a recording: " + why);
  case auth::Action::control:
    return log::info("http", {{"client", client}}, "refusing control of a camera: " + why);
  case auth::Action::configure:
    return log::info("http", {{"client", client}}, "refusing settings: " + why);
  case auth::Action::inspect:
    return log::info("http", {{"client", client}}, "refusing inspection: " + why);
  }
}

} // namespace

Router::Router(std::vector<ServiceRoute> routes, const auth::Policy& policy)
    : policy_(policy), routes_(config::is_id) {
  for (ServiceRoute& route : routes) {
    needs_.push_back(route.needs);
    routes_.add({route.methods, std::move(route.pattern), route.cors, std::move(route.body),
                 std::move(route.handler)});
  }
}

void Router::dispatch(const ExchangePtr& exchange) const {
  const auto path = segments(exchange->path());
  if (!path)
    return exchange->respond(
        Error{Errc::invalid, Reason{"bad_path"_reason, "the path is malformed"}});
  const Match match = routes_.match(exchange->method(), *path);
  const bool is_for_all = match.cors == Cors::all;
  const bool needs = match.route && needs_[*match.route];
  std::optional<auth::Principal> principal;
  // A page that gets no WebSocket asks for the reason by a POST to /ws, and must get the answer for
  // the same Origin.
  if (!is_for_all || needs)
    principal = match.cors == Cors::socket ? auth::principal_of_socket(*exchange)
                                           : auth::principal_of(*exchange);
  if (!is_for_all && !admits(*principal, *exchange)) return;
  add_cors(*exchange, match.cors);
  if (!match.route) return routes_.refuse(*exchange, match);
  if (needs && !permits(*principal, match, *exchange)) return;
  const Route& route = routes_.all()[*match.route];
  exchange->bound_body(route.body);
  route.handler(exchange, match.parameters);
}

bool Router::admits(const auth::Principal& principal, Exchange& exchange) const {
  // If a preflight is refused, browsers do not tell the page the reason. Therefore it passes, and
  // the request that follows is refused with the reason.
  if (exchange.method() == "OPTIONS" && exchange.has_header("Access-Control-Request-Method"))
    return true;
  const auto refusal = policy_.page_refusal(principal.page);
  if (!refusal) return true;
  log::info("http",
            {{"client", principal.address},
             {"code", refusal->code()},
             {"origin", principal.page.origin},
             {"host", principal.page.host}},
            "refusing a page: " + refusal->detail.message);
  add_cors(exchange, Cors::pages); // Lets the page read the reason.
  exchange.respond(*refusal);
  return false;
}

bool Router::permits(const auth::Principal& principal, const Match& match,
                     Exchange& exchange) const {
  const auth::Action action = *needs_[*match.route];
  const Route& route = routes_.all()[*match.route];
  const auto refusal = policy_.refusal(principal, action, camera_of(route, match.parameters));
  if (!refusal) return true;
  log_refusal(action, principal.address, refusal->detail.message);
  exchange.respond(*refusal);
  return false;
}

} // namespace fanlight::http
