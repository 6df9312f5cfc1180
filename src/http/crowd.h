#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include <gio/gio.h>

#include "base/fair_share.h"
#include "http/eviction_order.h"
#include "http/http_connection.h"
#include "http/limits.h"
#include "http/rota.h"

namespace fanlight::http {

/// All connections there are, and what they share: places, places of WebSockets, bytes in flight,
/// turns of the loop.
///
/// Each address has its FairShare. What is short goes to the newcomer if somebody else has more:
/// the address that has most loses a connection, one that is not in the middle of anything before
/// one that is, and a WebSocket that somebody watches by last. An address that has its share gives
/// up its own idle and unfinished ones for its next. Threads: main only. Lifetime: owned by
/// Listener.
class Crowd : public HttpConnection::Host {
 public:
  /// What the process may open bounds the places, too: half of that is for everything else.
  explicit Crowd(const Limits& limits);
  ~Crowd() override;
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Whether one more may come from `network`; for that another may have to go.
  bool admit(const std::string& network);
  std::shared_ptr<HttpConnection> add(GSocketConnection* stream, GSocketAddress* remote);
  /// Ends a connection for the sake of its descriptor; false: there is none to spare.
  bool spare_one();
  std::size_t size() const { return connections_.size(); }

  bool admits_socket(const HttpConnection& connection) override;
  void on_changed(HttpConnection& connection) override;
  void on_socket(HttpConnection& connection) override;
  void on_held(HttpConnection& connection, std::size_t before) override;
  bool admits_reading(const HttpConnection& connection) override {
    return rota_.admits(connection);
  }
  bool calls(const HttpConnection& connection) override { return rota_.calls(connection); }
  void on_cost(const HttpConnection& connection, std::size_t cost) override {
    rota_.charge(connection, cost);
  }

 private:
  /// The first to go for one of `newcomer`: of the address that has most, if that is more than
  /// `newcomer` has; otherwise of its own.
  HttpConnection* connection_to_spare(const std::string& newcomer) const;
  HttpConnection* socket_to_spare(const std::string& newcomer) const;
  void end(HttpConnection& connection, const char* why);
  void release(HttpConnection& connection);
  static void forget(gpointer self, GObject* stream);

  // Given.
  const Limits& limits_;
  // Owned.
  FairShare places_;
  FairShare sockets_;
  FairShare bytes_;
  Rota rota_;
  EvictionOrder order_; ///< Of those that are not given up.
  std::unordered_map<GObject*, std::shared_ptr<HttpConnection>> connections_;
  std::unordered_map<std::string, std::unordered_set<HttpConnection*>>
      by_network_; ///< Not given up.
};

} // namespace fanlight::http
