#include "http/crowd.h"

#include <algorithm>

#include <sys/resource.h>

#include "base/log.h"

namespace fanlight::http {
namespace {

using Order = EvictionOrder;
using Kind = EvictionOrder::Kind;

std::size_t bound_by_descriptors(std::size_t places) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return places;
  return std::min<std::size_t>(places, limit.rlim_cur / 2);
}

/// A connection that is closing keeps its descriptor until libsoup releases it.
std::size_t with_those_that_go(std::size_t places) { return places + places / 8 + 8; }

} // namespace

Crowd::Crowd(const Limits& limits)
    : limits_(limits), places_(bound_by_descriptors(limits.connections)),
      sockets_(std::min(limits.sockets, places_.places())), bytes_(limits.in_flight) {}

Crowd::~Crowd() {
  for (const auto& [stream, connection] : connections_) g_object_weak_unref(stream, forget, this);
}

bool Crowd::admit(const std::string& network) {
  if (connections_.size() >= with_those_that_go(places_.places())) return false;
  if (places_.admits(network)) return true;
  HttpConnection* spare = connection_to_spare(network);
  if (spare == nullptr) return false;
  end(*spare, "another client needs its place");
  return true;
}

std::shared_ptr<HttpConnection> Crowd::add(GSocketConnection* stream, GSocketAddress* remote) {
  auto connection = std::make_shared<HttpConnection>(stream, remote, limits_, *this);
  connections_.emplace(G_OBJECT(stream), connection);
  g_object_weak_ref(G_OBJECT(stream), forget, this);
  enlist(*connection);
  return connection;
}

void Crowd::enlist(HttpConnection& connection) {
  const std::string& network = connection.network();
  places_.add(network);
  if (connection.is_socket()) sockets_.add(network);
  bytes_.add(network, connection.held());
  by_network_[network].insert(&connection);
}

/// A connection of a trusted proxy belongs to the client that it serves at the time.
bool Crowd::on_client(HttpConnection& connection, const std::string& network) {
  if (connection.given_up()) return false;
  release(connection);
  const bool admitted = admit(network);
  connection.network_ = network;
  enlist(connection);
  order_.place(connection);
  return admitted;
}

bool Crowd::spare_one() {
  HttpConnection* spare = order_.find_by_most(Kind::any, 1, [this](const std::string& network) {
    return order_.first(network, Order::kIdle, Order::kBody);
  });
  if (spare == nullptr) return false;
  end(*spare, "another client needs its file descriptor");
  return true;
}

bool Crowd::admits_socket(const HttpConnection& connection) {
  if (sockets_.admits(connection.network())) return true;
  HttpConnection* spare = socket_to_spare(connection.network());
  if (spare == nullptr) return false;
  end(*spare, "another client needs its place among the WebSockets");
  return true;
}

void Crowd::on_changed(HttpConnection& connection) {
  if (!connection.given_up()) order_.place(connection);
}

void Crowd::on_socket(HttpConnection& connection) {
  if (!connection.given_up()) sockets_.add(connection.network());
}

void Crowd::on_held(HttpConnection& connection, std::size_t before) {
  bytes_.remove(connection.network(), before);
  bytes_.add(connection.network(), connection.held());
  while (bytes_.taken() > bytes_.places()) {
    const auto most = std::max_element(by_network_.begin(), by_network_.end(),
                                       [this](const auto& a, const auto& b) {
                                         return bytes_.taken_by(a.first) < bytes_.taken_by(b.first);
                                       });
    HttpConnection* largest = *std::max_element(
        most->second.begin(), most->second.end(),
        [](const HttpConnection* a, const HttpConnection* b) { return a->held() < b->held(); });
    end(*largest, "it holds more unfinished data than any other");
  }
}

HttpConnection* Crowd::connection_to_spare(const std::string& newcomer) const {
  HttpConnection* spare = order_.find_by_most(
      Kind::any, places_.taken_by(newcomer) + 1, [this](const std::string& network) {
        return order_.first(network, Order::kIdle, Order::kWatched);
      });
  return spare != nullptr ? spare : order_.first(newcomer, Order::kIdle, Order::kWriting);
}

HttpConnection* Crowd::socket_to_spare(const std::string& newcomer) const {
  HttpConnection* spare = order_.find_by_most(
      Kind::socket, sockets_.taken_by(newcomer) + 1, [this](const std::string& network) {
        return order_.first(network, Order::kUnwatched, Order::kWatched);
      });
  if (spare != nullptr) return spare;
  const gint64 settled = g_get_monotonic_time() - std::chrono::microseconds{limits_.settle}.count();
  return order_.first(newcomer, Order::kUnwatched, Order::kUnwatched, settled);
}

void Crowd::end(HttpConnection& connection, const char* why) {
  log::debug("http", {{"client", connection.network()}},
             std::string{"closing a connection: "} + why);
  release(connection);
  connection.give_up();
}

void Crowd::release(HttpConnection& connection) {
  if (connection.given_up()) return;
  const std::string& network = connection.network();
  places_.remove(network);
  if (connection.is_socket()) sockets_.remove(network);
  bytes_.remove(network, connection.held());
  rota_.forget(connection);
  order_.remove(connection);
  const auto members = by_network_.find(network);
  members->second.erase(&connection);
  if (members->second.empty()) by_network_.erase(members);
}

void Crowd::forget(gpointer self, GObject* stream) {
  auto* crowd = static_cast<Crowd*>(self);
  const auto found = crowd->connections_.find(stream);
  crowd->release(*found->second);
  crowd->connections_.erase(found);
}

} // namespace fanlight::http
