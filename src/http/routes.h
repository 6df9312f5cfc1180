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
  own,    ///< Only the server's own page: no other is told that it may read the answer.
  pages,  ///< The pages that may watch.
  socket, ///< As `pages`, for the handshake of a WebSocket.
  all,    ///< Pages of all origins: the answer has no secrets.
};

/// What stands for the parameters of a route's pattern, decoded, in their order.
using Parameters = std::vector<std::string>;

/// What a request with one of these methods on one of these paths gets. OPTIONS is none of them:
/// every path with a method has it.
struct Route {
  using Handler = std::function<void(const ExchangePtr&, const Parameters&)>;

  Methods methods; ///< None: there is nothing at such an address, whatever later routes say.
  /// Segments, as in /api/cameras/{camera}/settings. `{name}` is a parameter, one segment that is
  /// an id. `{name...}`, at the end, is all segments that are left: of such routes the first counts
  /// that matches, and only where no other route does.
  std::string pattern;
  Cors cors = Cors::own;
  BodyBound body;
  Handler handler;
};

/// What the table says of a request.
struct Match {
  std::optional<std::size_t> route;  ///< Its place in the table. None: see Routes::refuse().
  Parameters parameters;             ///< Of the route.
  std::vector<std::size_t> resource; ///< All routes of the path, whatever their methods.
  std::string unknown;   ///< No id stands for the parameter of this name; empty: all are fine.
  Cors cors = Cors::own; ///< Of the route; without one, the widest of the resource.
};

/// The table of all routes. Threads: main only.
class Routes {
 public:
  using IsId = bool (*)(std::string_view);
  explicit Routes(IsId is_id) : is_id_(is_id) {}

  /// Of two routes that match a request the one that was added first gets it.
  void add(Route route);
  const std::vector<Route>& all() const { return routes_; }

  /// `path`: decoded segments.
  Match match(std::string_view method, const std::vector<std::string>& path) const;

  /// Answers a request that has no route: 404, 204 to OPTIONS, or 405.
  void refuse(Exchange& exchange, const Match& match) const;

 private:
  struct Segment {
    std::string text; ///< Of a parameter its name.
    bool parameter = false;
  };
  struct Pattern {
    std::vector<Segment> segments;
    bool open = false; ///< Ends in `{name...}`, which is not one of the segments.
  };
  static Pattern parse(std::string_view pattern);
  /// Whether the path is one of the pattern. Otherwise `unknown` may tell which parameter is none.
  bool fits(const Pattern& pattern, const std::vector<std::string>& path,
            std::string& unknown) const;
  static Parameters parameters_of(const Pattern& pattern, const std::vector<std::string>& path);
  Methods methods_of(const Match& match, Cors at_least) const;
  void answer_options(Exchange& exchange, const Match& match) const;

  // Given.
  const IsId is_id_;
  // Owned.
  std::vector<Route> routes_;
  std::vector<Pattern> patterns_; ///< Of the routes.
};

/// Lets the pages of that class read the answer. Which of them may ask at all is not decided here.
void add_cors(Exchange& exchange, Cors cors);

/// The decoded segments of a path; none where it is malformed: a bad escape, or an escaped slash or
/// NUL. Empty segments other than the last stay, for nothing to match.
std::optional<std::vector<std::string>> segments(std::string_view path);

} // namespace fanlight::http
