#include "http/routes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fanlight::http {
namespace {

constexpr std::size_t kMaxPath = 2048;

struct MethodName {
  Methods method;
  const char* name;
};
constexpr std::array kMethods{MethodName{kGet, "GET"},     MethodName{kHead, "HEAD"},
                              MethodName{kPost, "POST"},   MethodName{kPut, "PUT"},
                              MethodName{kPatch, "PATCH"}, MethodName{kDelete, "DELETE"}};

} // namespace

bool Methods::contains(std::string_view method) const {
  return std::any_of(kMethods.begin(), kMethods.end(), [&](const MethodName& known) {
    return (bits & known.method.bits) != 0 && method == known.name;
  });
}

std::string Methods::to_string() const {
  std::string text;
  for (const MethodName& known : kMethods)
    if ((bits & known.method.bits) != 0)
      text += (text.empty() ? "" : ", ") + std::string{known.name};
  return text;
}

Routes::Pattern Routes::parse(std::string_view pattern) {
  Pattern parsed;
  while (!pattern.empty()) {
    pattern.remove_prefix(1); // The slash.
    const std::string_view text = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(text.size());
    parsed.open = text.ends_with("...}");
    if (parsed.open || text.empty()) continue;
    const bool parameter = text.starts_with('{');
    parsed.segments.push_back(
        {std::string{parameter ? text.substr(1, text.size() - 2) : text}, parameter});
  }
  return parsed;
}

void Routes::add(Route route) {
  patterns_.push_back(parse(route.pattern));
  routes_.push_back(std::move(route));
}

bool Routes::fits(const Pattern& pattern, const std::vector<std::string>& path,
                  std::string& unknown) const {
  const std::size_t count = pattern.segments.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i == path.size()) return false;
    const Segment& segment = pattern.segments[i];
    if (!segment.parameter && segment.text != path[i]) return false;
    if (!segment.parameter || is_id_(path[i])) continue;
    // If the path is longer than the pattern, the parameter is not the error.
    if (i + 1 < count || path.size() == count) unknown = segment.text;
    return false;
  }
  return pattern.open || path.size() == count;
}

Parameters Routes::parameters_of(const Pattern& pattern, const std::vector<std::string>& path) {
  Parameters parameters;
  const std::size_t count = pattern.segments.size();
  for (std::size_t i = 0; i < path.size(); ++i)
    if (i >= count || pattern.segments[i].parameter) parameters.push_back(path[i]);
  return parameters;
}

Match Routes::match(std::string_view method, const std::vector<std::string>& path) const {
  Match match;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    std::string unknown;
    if (fits(patterns_[i], path, unknown)) {
      if (!patterns_[i].open)
        match.resource.push_back(i);
      else if (!open)
        open = i;
    } else if (!unknown.empty()) {
      match.unknown = unknown;
      match.cors = std::max(match.cors, routes_[i].cors);
    }
  }
  if (match.resource.empty() && !match.unknown.empty()) return match;
  match.unknown.clear(); // A fixed name matches there, which is not an id.
  match.cors = Cors::own;
  if (match.resource.empty() && open) match.resource.push_back(*open);
  for (const std::size_t i : match.resource) {
    match.cors = std::max(match.cors, routes_[i].cors);
    if (!match.route && routes_[i].methods.contains(method)) match.route = i;
  }
  if (match.route) {
    match.cors = routes_[*match.route].cors;
    match.parameters = parameters_of(patterns_[*match.route], path);
  }
  return match;
}

Methods Routes::methods_of(const Match& match, Cors at_least) const {
  Methods methods;
  for (const std::size_t i : match.resource)
    if (routes_[i].cors >= at_least) methods = methods | routes_[i].methods;
  return methods;
}

void Routes::refuse(Exchange& exchange, const Match& match) const {
  // A name that cannot be an id is not looked up and not repeated.
  if (!match.unknown.empty())
    return exchange.respond(Error{Errc::not_found, "there is no such " + match.unknown});
  const Methods methods = methods_of(match, Cors::own);
  if (methods.empty())
    return exchange.respond(Error{
        Errc::not_found, Reason{"no_such_address"_reason, "there is nothing at this address"}});
  const std::string allowed = methods.to_string() + ", OPTIONS";
  exchange.set_header("Allow", allowed);
  if (exchange.method() == "OPTIONS") return answer_options(exchange, match);
  exchange.respond(Problem{Failure::wrong_method,
                           {"wrong_method"_reason,
                            "this address does not support {method}; it supports {allowed}",
                            {{"method", std::string{exchange.method()}}, {"allowed", allowed}}}});
}

/// Tells pages of other origins which methods they may use, if any.
void Routes::answer_options(Exchange& exchange, const Match& match) const {
  for (const std::size_t i : match.resource) {
    const Route& route = routes_[i];
    if (route.body.announced.empty()) continue;
    exchange.set_header(route.methods.contains("PATCH") ? "Accept-Patch" : "Accept-Post",
                        route.body.announced);
  }
  exchange.set_header("Access-Control-Allow-Methods",
                      methods_of(match, match.cors).to_string() + ", OPTIONS");
  exchange.set_header("Access-Control-Allow-Headers",
                      "Content-Type, If-Match, If-None-Match, Authorization");
  exchange.set_header("Access-Control-Max-Age", "86400");
  exchange.respond(204);
}

void add_cors(Exchange& exchange, Cors cors) {
  if (cors == Cors::own) return;
  if (cors == Cors::all) return exchange.set_header("Access-Control-Allow-Origin", "*");
  exchange.set_header("Vary", "Origin");
  const std::string origin = exchange.header("Origin");
  if (origin.empty()) return;
  exchange.set_header("Access-Control-Allow-Origin", origin);
  exchange.set_header("Access-Control-Expose-Headers",
                      "Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch");
}

std::optional<std::vector<std::string>> segments(std::string_view path) {
  std::vector<std::string> found;
  if (path.size() > kMaxPath || !path.starts_with('/')) return {};
  path.remove_prefix(1);
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view raw = path.substr(0, slash);
    const OwnedText decoded{
        g_uri_unescape_segment(raw.data(), raw.data() + raw.size(), "/")}; // Rejects %00 itself.
    if (!decoded) return {};
    found.emplace_back(decoded.get());
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return found;
}

} // namespace fanlight::http
