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

/// All HTTP connections and what they share: places, places of WebSockets, bytes in flight, turns
/// of the loop.
///
/// Each address has its FairShare. If there is no place left, a new client gets one from the
/// address that has more than the others. That address loses the connection that costs it the
/// least: first idle ones, then unfinished ones, last a WebSocket with viewers. If an address has
/// used up its share, it loses one of its own idle or unfinished connections to its next one.
/// Threads: main only. Lifetime: owned by Listener.
class Crowd : public HttpConnection::Host {
 public:
  /// The process's limit of descriptors also limits the places: half of them stay for other
  /// purposes.
  explicit Crowd(const Limits& limits);
  ~Crowd() override;
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// Whether `network` may open another connection; may end another connection for it.
  bool admit(const std::string& network);
  std::shared_ptr<HttpConnection> add(GSocketConnection* stream, GSocketAddress* remote);
  /// Ends a connection to free its descriptor; false: no connection can be ended.
  bool spare_one();
  std::size_t size() const { return connections_.size(); }

  bool admits_socket(const HttpConnection& connection) override;
  void on_changed(HttpConnection& connection) override;
  bool on_client(HttpConnection& connection, const std::string& network) override;
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
  /// The first to end for one of `newcomer`: of the address that has the most, if that is more than
  /// `newcomer` has; otherwise of its own address. Null: all must stay.
  HttpConnection* connection_to_spare(const std::string& newcomer) const;
  HttpConnection* socket_to_spare(const std::string& newcomer) const;
  void end(HttpConnection& connection, const char* why);
  void enlist(HttpConnection& connection);
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
      by_network_; ///< Without those that were given up.
};

} // namespace fanlight::http
