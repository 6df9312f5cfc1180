#include "http/crowd.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include <sys/resource.h>

#include "base/log.h"

namespace fanlight::http {
namespace {

std::size_t bound_by_descriptors(std::size_t places) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return places;
  return std::min<std::size_t>(places, limit.rlim_cur / 2);
}

/// What a client would lose with its connection, from the least to the most.
enum Loss { kIdle, kHead, kBody, kWriting, kAnswering, kUnwatched, kWatched };

Loss loss_of(const HttpConnection& connection) {
  using Phase = HttpConnection::Phase;
  if (connection.is_socket()) return connection.sessions() == 0 ? kUnwatched : kWatched;
  switch (connection.phase()) {
  case Phase::idle: return kIdle;
  case Phase::head: return kHead;
  case Phase::body: return kBody;
  case Phase::writing: return kWriting;
  case Phase::answering: return kAnswering;
  case Phase::upgraded: break;
  }
  return kUnwatched;
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
  HttpConnection* spare = to_spare(places_, network, &Crowd::cost_of_connection);
  if (spare == nullptr) return false;
  end(*spare, "another client needs its place");
  return true;
}

std::shared_ptr<HttpConnection> Crowd::add(GSocketConnection* stream, GSocketAddress* remote) {
  auto connection = std::make_shared<HttpConnection>(stream, remote, limits_, *this);
  connections_.emplace(G_OBJECT(stream), connection);
  g_object_weak_ref(G_OBJECT(stream), forget, this);
  places_.add(connection->network());
  by_network_[connection->network()].insert(connection.get());
  return connection;
}

bool Crowd::spare_one() {
  HttpConnection* spare = to_spare(places_, {}, &Crowd::cost_of_descriptor);
  if (spare == nullptr) return false;
  end(*spare, "another client needs its file descriptor");
  return true;
}

bool Crowd::admits_socket(const HttpConnection& connection) {
  if (sockets_.admits(connection.network())) return true;
  HttpConnection* spare = to_spare(sockets_, connection.network(), &Crowd::cost_of_socket);
  if (spare == nullptr) return false;
  end(*spare, "another client needs its place among the WebSockets");
  return true;
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

std::optional<int> Crowd::cost_of_connection(const HttpConnection& connection, bool own) const {
  const Loss loss = loss_of(connection);
  if (own && loss > kWriting) return {};
  return loss;
}

std::optional<int> Crowd::cost_of_descriptor(const HttpConnection& connection, bool) const {
  const Loss loss = loss_of(connection);
  if (loss > kBody) return {};
  return loss;
}

std::optional<int> Crowd::cost_of_socket(const HttpConnection& connection, bool own) const {
  if (!connection.is_socket()) return {};
  const Loss loss = loss_of(connection);
  const gint64 age = g_get_monotonic_time() - connection.since();
  if (own && (loss == kWatched || age < std::chrono::microseconds{limits_.settle}.count()))
    return {};
  return loss;
}

HttpConnection* Crowd::to_spare(const FairShare& share, const std::string& newcomer,
                                Cost cost) const {
  const std::size_t its = share.taken_by(newcomer);
  std::vector<std::pair<std::size_t, const std::string*>> networks;
  for (const auto& [network, members] : by_network_)
    if (const std::size_t taken = share.taken_by(network); taken > its + 1 || network == newcomer)
      networks.emplace_back(taken, &network);
  std::sort(networks.begin(), networks.end(), std::greater<>{});
  for (const auto& [taken, network] : networks) {
    HttpConnection* best = nullptr;
    std::tuple<int, gint64> least;
    for (HttpConnection* member : by_network_.at(*network)) {
      const auto loss = (this->*cost)(*member, *network == newcomer);
      if (!loss || (best != nullptr && std::tuple{*loss, member->since()} >= least)) continue;
      best = member;
      least = {*loss, member->since()};
    }
    if (best != nullptr) return best;
  }
  return nullptr;
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
