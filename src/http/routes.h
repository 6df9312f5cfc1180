#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"

namespace fanlight::http {

/// A set of HTTP methods.
struct Methods {
  unsigned bits = 0;

  bool empty() const { return bits == 0; }
  bool contains(std::string_view method) const;
  std::string to_string() const; ///< "GET, HEAD"
  constexpr Methods operator|(Methods other) const { return {bits | other.bits}; }
};

inline constexpr Methods kGet{1};
inline constexpr Methods kHead{2};
inline constexpr Methods kPost{4};
inline constexpr Methods kPut{8};
inline constexpr Methods kPatch{16};
inline constexpr Methods kDelete{32};
inline constexpr Methods kRead = kGet | kHead;

/// Which web pages may use a route, from the fewest to all.
enum class Cors {
  own,    ///< Only the server's own page: others cannot read the answer.
  pages,  ///< The pages that may view cameras.
  socket, ///< Like `pages`, for the handshake of a WebSocket.
  all,    ///< Pages of all origins: the answer contains no secrets.
};

/// The decoded values of the parameters in a route's pattern, in their order.
using Parameters = std::vector<std::string>;

/// One line of the table: these methods on paths of this pattern. Every path with a method also
/// answers OPTIONS.
struct Route {
  using Handler = std::function<void(const ExchangePtr&, const Parameters&)>;

  Methods methods; ///< None: the address does not exist, whatever later routes say.
  /// Segments, as in /api/cameras/{camera}/settings. `{name}` is a parameter: one segment that is
  /// an id. `{name...}`, at the end, takes all remaining segments; such a route applies only if no
  /// other route matches, and the first of them wins.
  std::string pattern;
  Cors cors = Cors::own;
  BodyBound body;
  Handler handler;
};

/// The result of a lookup.
struct Match {
  std::optional<std::size_t> route;  ///< Index in the table. None: call Routes::refuse().
  Parameters parameters;             ///< Of the route.
  std::vector<std::size_t> resource; ///< All routes of the path, whatever their methods.
  std::string unknown;   ///< The parameter of this name is not a valid id; empty: all are valid.
  Cors cors = Cors::own; ///< Of the route; without a route, the widest of the resource.
};

/// The table of all routes. Threads: main only.
class Routes {
 public:
  using IsId = bool (*)(std::string_view);
  explicit Routes(IsId is_id) : is_id_(is_id) {}

  /// If two routes match a request, the one added first gets it.
  void add(Route route);
  const std::vector<Route>& all() const { return routes_; }

  /// `path`: decoded segments.
  Match match(std::string_view method, const std::vector<std::string>& path) const;

  /// Answers a request that has no route: 404, 204 to OPTIONS, or 405.
  void refuse(Exchange& exchange, const Match& match) const;

 private:
  struct Segment {
    std::string text; ///< Of a parameter, its name.
    bool parameter = false;
  };
  struct Pattern {
    std::vector<Segment> segments;
    bool open = false; ///< Ends in `{name...}`, which is not one of the segments.
  };
  static Pattern parse(std::string_view pattern);
  /// Whether the path matches the pattern. If not, `unknown` may name the parameter that is not a
  /// valid id.
  bool fits(const Pattern& pattern, const std::vector<std::string>& path,
            std::string& unknown) const;
  static Parameters parameters_of(const Pattern& pattern, const std::vector<std::string>& path);
  Methods methods_of(const Match& match, Cors at_least) const;
  void answer_options(Exchange& exchange, const Match& match) const;

  // Given.
  const IsId is_id_;
  // Owned.
  std::vector<Route> routes_;
  std::vector<Pattern> patterns_; ///< One per route.
};

/// Allows pages of that class to read the answer. Whether a page may send the request at all is
/// decided elsewhere.
void add_cors(Exchange& exchange, Cors cors);

/// The decoded segments of a path; none if the path is malformed: a bad escape, or an escaped slash
/// or NUL. Empty segments before the last one stay; they match nothing.
std::optional<std::vector<std::string>> segments(std::string_view path);

} // namespace fanlight::http
