#include "api/router.h"

#include <algorithm>

#include "base/log.h"

#include "auth/access.h"
#include "config/request.h"

namespace fanlight::http {
namespace {

/// Lets the page that asks read the answer. Router::admit() has let it in, or refuses it in words.
void add_cors(Exchange& exchange) {
  exchange.set_header("Vary", "Origin");
  const std::string origin = exchange.header("Origin");
  if (origin.empty()) return;
  exchange.set_header("Access-Control-Allow-Origin", origin);
  exchange.set_header("Access-Control-Expose-Headers",
                      "Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch");
}

/// Whether the method is one of `methods` ("GET, HEAD"). Otherwise answers: 204 to OPTIONS, which
/// is always one of them, or 405. Pages of other origins are told of those in `for_all`.
bool allow(Exchange& exchange, const std::string& methods, const std::string& for_all) {
  const std::string method{exchange.method()};
  const std::string all = methods + ", OPTIONS";
  if (method == "OPTIONS") {
    exchange.set_header("Allow", all);
    exchange.set_header("Access-Control-Allow-Methods", for_all + ", OPTIONS");
    exchange.set_header("Access-Control-Allow-Headers",
                        "Content-Type, If-Match, If-None-Match, Authorization");
    exchange.set_header("Access-Control-Max-Age", "86400");
    exchange.respond(204);
    return false;
  }
  if ((", " + methods + ",").find(", " + method + ",") != std::string::npos) return true;
  exchange.set_header("Allow", all);
  exchange.respond(Problem{Failure::wrong_method, method + " is not one of " + all});
  return false;
}

bool allow(Exchange& exchange, const std::string& methods) {
  return allow(exchange, methods, methods);
}

/// A name that cannot be an id goes no further, and is not repeated.
void no_such(Exchange& exchange, const std::string& what) {
  add_cors(exchange);
  exchange.respond(Error{Errc::not_found, "there is no such " + what});
}

void no_route(Exchange& exchange) {
  exchange.respond(Error{Errc::not_found, "there is nothing at this address"});
}

} // namespace

bool Router::admit(Exchange& exchange, bool socket) const {
  // Of a preflight that is refused no browser tells the page why. So it passes, and the request
  // that follows is refused in words.
  if (exchange.method() == "OPTIONS" && exchange.has_header("Access-Control-Request-Method"))
    return true;
  auth::Principal principal = auth::principal_of(exchange);
  // Chromium does not send it with a WebSocket. A page asks here by POST why it gets none, and must
  // hear of the same Origin the same.
  if (socket) principal.page.site.clear();
  const auto refusal = auth::viewing_refusal(principal.page, config_.server, config_.embed);
  if (!refusal) return true;
  log::info("http",
            {{"client", principal.address},
             {"code", refusal->code()},
             {"origin", principal.page.origin},
             {"host", principal.page.host}},
            "refusing a page: " + refusal->detail);
  add_cors(exchange);
  exchange.respond(*refusal);
  return false;
}

void Router::dispatch(const ExchangePtr& exchange) {
  const auto path = segments(exchange->path());
  if (!path) return exchange->respond(Error{Errc::invalid, "the path is malformed"});
  const std::string first = path->empty() ? "" : path->front();
  const bool alone = path->size() == 1;
  const bool health = alone && (first == "health" || first == "ready");
  const bool socket = alone && first == "ws";
  if (first != "api" && first != "whep" && !health && !socket) {
    // These hold no secrets, and a module that another page embeds is fetched by CORS.
    exchange->set_header("Access-Control-Allow-Origin", "*");
    if (allow(*exchange, "GET, HEAD")) files_.get(*path, exchange);
    return;
  }
  if (!admit(*exchange, socket)) return;
  if (first == "api") return api(*path, exchange);
  add_cors(*exchange);
  if (first == "whep") return whep(*path, exchange);
  if (socket) {
    if (allow(*exchange, "GET")) signalling_.upgrade(exchange);
    return;
  }
  if (!allow(*exchange, "GET, HEAD")) return;
  return first == "health" ? rest_.health(exchange) : rest_.ready(exchange);
}

/// Without CORS: these are for the server's own page.
bool Router::settings(const std::vector<std::string>& path, const ExchangePtr& exchange) {
  const std::string method{exchange->method()};
  const bool cameras = path.size() >= 2 && path[1] == "cameras";
  if (path.size() == 2 && path[1] == "settings") {
    if (allow(*exchange, "GET, HEAD")) settings_.all(exchange);
  } else if (path.size() == 2 && path[1] == "reload") {
    if (allow(*exchange, "POST")) settings_.reload(exchange);
  } else if (cameras && path.size() == 4 && path[3] == "settings") {
    if (!allow(*exchange, "GET, HEAD, PUT, DELETE")) return true;
    if (method == "PUT") return settings_.replace(path[2], exchange), true;
    if (method == "DELETE") return settings_.remove(path[2], exchange), true;
    settings_.one(path[2], exchange);
  } else if (cameras && path.size() == 2 && method == "POST") {
    settings_.create(exchange);
  } else if (cameras && path.size() == 3 && path[2] == "order" && method == "PUT") {
    settings_.order(exchange);
  } else if (cameras && path.size() == 3 && path[2] == "test" && method == "POST") {
    settings_.test(exchange);
  } else {
    return false;
  }
  return true;
}

void Router::api(const std::vector<std::string>& path, const ExchangePtr& exchange) {
  const bool cameras = path.size() >= 2 && path[1] == "cameras";
  if (cameras && path.size() >= 3 && !config::is_id(path[2])) return no_such(*exchange, "camera");
  if (settings(path, exchange)) return;
  add_cors(*exchange);
  const bool sessions = path.size() >= 2 && path[1] == "sessions";
  if (sessions && path.size() == 3 && !config::is_id(path[2])) return no_such(*exchange, "session");
  const bool dot = cameras && path.size() == 4 && path[3] == "pipeline.dot";
  const bool svg = cameras && path.size() == 4 && path[3] == "pipeline.svg";
  if (path.size() == 2 && path[1] == "server") {
    if (allow(*exchange, "GET, HEAD")) rest_.server(exchange);
    return;
  }
  if (!((cameras || sessions) && path.size() <= 3) && !dot && !svg) return no_route(*exchange);
  const bool list = cameras && path.size() == 2;
  if (!allow(*exchange, list ? "GET, HEAD, POST" : "GET, HEAD", "GET, HEAD")) return;
  if (dot) return rest_.pipeline_dot(path[2], exchange);
  if (svg) return rest_.pipeline_svg(path[2], exchange);
  if (cameras) return path.size() == 2 ? rest_.cameras(exchange) : rest_.camera(path[2], exchange);
  return path.size() == 2 ? rest_.sessions(exchange) : rest_.session(path[2], exchange);
}

void Router::whep(const std::vector<std::string>& path, const ExchangePtr& exchange) {
  if (path.size() >= 2 && !config::is_id(path[1])) return no_such(*exchange, "camera");
  if (path.size() == 2) {
    if (exchange->method() == "OPTIONS") exchange->set_header("Accept-Post", "application/sdp");
    if (allow(*exchange, "POST")) whep_.open(path[1], exchange);
    return;
  }
  if (path.size() != 3) return no_route(*exchange);
  if (!config::is_id(path[2])) return no_such(*exchange, "session");
  if (exchange->method() == "OPTIONS")
    exchange->set_header("Accept-Patch", "application/trickle-ice-sdpfrag");
  if (allow(*exchange, "PATCH, DELETE")) whep_.control(path[1], path[2], exchange);
}

} // namespace fanlight::http
