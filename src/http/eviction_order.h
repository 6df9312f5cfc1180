#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <glib.h>

#include "http/http_connection.h"

namespace fanlight::http {

/// Orders the connections of each address by what their client would lose, and the addresses by the
/// number of their connections. A server without free places asks for each newcomer, so no call
/// looks at all connections.
///
/// Threads: main only.
class EvictionOrder {
 public:
  /// What a client loses with its connection, from the least to the most. Within a kind, the oldest
  /// connection ends first.
  enum Loss { kIdle, kHead, kBody, kWriting, kAnswering, kUnwatched, kWatched };
  enum class Kind { any, socket };

  /// Adds a connection, or moves it: to be called whenever its loss or its since() has changed.
  void place(HttpConnection& connection);
  void remove(HttpConnection& connection);

  /// The first connection of that network from `least` to `most`, of those since `before` or
  /// earlier; null: there is none.
  HttpConnection* first(const std::string& network, Loss least, Loss most,
                        gint64 before = G_MAXINT64) const;
  /// Asks for each network that has more than `than` connections of a kind, the one with most
  /// first, until `asked` returns something.
  HttpConnection*
  find_by_most(Kind kind, std::size_t than,
               const std::function<HttpConnection*(const std::string& network)>& asked) const;

 private:
  using Age = std::pair<gint64, HttpConnection*>;
  struct Network {
    std::array<std::set<Age>, kWatched + 1> by_loss;
    std::array<std::size_t, 2> counts{}; ///< By Kind.
  };
  struct Place {
    Loss loss;
    Age age;
  };
  using Networks = std::unordered_map<std::string, Network>;
  static Loss loss_of(const HttpConnection& connection);
  void count(Networks::value_type& network, Kind kind, bool more);

  Networks networks_;
  std::unordered_map<const HttpConnection*, Place> places_;
  /// By Kind.
  std::array<std::set<std::pair<std::size_t, const std::string*>>, 2> by_count_;
};

} // namespace fanlight::http
