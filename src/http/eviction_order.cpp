#include "http/eviction_order.h"

#include <algorithm>
#include <ranges>

namespace fanlight::http {
namespace {

bool is_of_socket(EvictionOrder::Loss loss) { return loss >= EvictionOrder::kUnwatched; }

} // namespace

EvictionOrder::Loss EvictionOrder::loss_of(const HttpConnection& connection) {
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

void EvictionOrder::place(HttpConnection& connection) {
  const Place now{loss_of(connection), {connection.since(), &connection}};
  const auto [found, is_new] = places_.try_emplace(&connection, now);
  auto& network = *networks_.try_emplace(connection.network()).first;
  auto& by_loss = network.second.by_loss;
  if (is_new) {
    by_loss[now.loss].insert(now.age);
    count(network, Kind::any, true);
    if (is_of_socket(now.loss)) count(network, Kind::socket, true);
    return;
  }
  const Place before = std::exchange(found->second, now);
  auto node = by_loss[before.loss].extract(before.age);
  node.value() = now.age;
  by_loss[now.loss].insert(std::move(node));
  if (is_of_socket(now.loss) != is_of_socket(before.loss))
    count(network, Kind::socket, is_of_socket(now.loss));
}

void EvictionOrder::remove(HttpConnection& connection) {
  const auto found = places_.find(&connection);
  if (found == places_.end()) return;
  const auto network = networks_.find(connection.network());
  const Place& place = found->second;
  network->second.by_loss[place.loss].erase(place.age);
  if (is_of_socket(place.loss)) count(*network, Kind::socket, false);
  count(*network, Kind::any, false);
  if (network->second.counts[0] == 0) networks_.erase(network);
  places_.erase(found);
}

void EvictionOrder::count(Networks::value_type& network, Kind kind, bool more) {
  const auto at = static_cast<std::size_t>(kind);
  std::size_t& count = network.second.counts[at];
  by_count_[at].erase({count, &network.first});
  count += more ? 1 : -1;
  if (count > 0) by_count_[at].insert({count, &network.first});
}

HttpConnection* EvictionOrder::first(const std::string& network, Loss least, Loss most,
                                     gint64 before) const {
  const auto found = networks_.find(network);
  if (found == networks_.end()) return nullptr;
  for (int loss = least; loss <= most; ++loss) {
    const auto& ages = found->second.by_loss[static_cast<std::size_t>(loss)];
    if (!ages.empty() && ages.begin()->first <= before) return ages.begin()->second;
  }
  return nullptr;
}

HttpConnection* EvictionOrder::find_by_most(
    Kind kind, std::size_t than,
    const std::function<HttpConnection*(const std::string& network)>& asked) const {
  for (const auto& [count, network] :
       by_count_[static_cast<std::size_t>(kind)] | std::views::reverse) {
    if (count <= than) break;
    if (HttpConnection* found = asked(*network)) return found;
  }
  return nullptr;
}

} // namespace fanlight::http
