#include "webrtcfanout/net/strangers.h"

#include <algorithm>

#include "webrtcfanout/net/tcp_connection.h"

namespace fanlight::fanout {

Strangers::Network Strangers::network_of(const SocketAddress& address) {
  Network network{};
  std::copy_n(address.ip().s6_addr, address.is_v4() ? 16 : 8, network.begin());
  return network;
}

TcpConnection* Strangers::in_the_way(const SocketAddress& remote) const {
  const auto own = of_network_.find(network_of(remote));
  if (own != of_network_.end() && own->second.size() >= limits_.of_address)
    return own->second.front();
  return oldest_.size() >= limits_.all ? oldest_.front() : nullptr;
}

void Strangers::add(TcpConnection& connection) {
  oldest_.push_back(&connection);
  of_network_[network_of(connection.remote())].push_back(&connection);
}

void Strangers::remove(const TcpConnection& connection) {
  const auto own = of_network_.find(network_of(connection.remote()));
  if (own == of_network_.end()) return;
  // Most identify themselves at once, and soon after earlier ones.
  const auto at = std::find(own->second.begin(), own->second.end(), &connection);
  if (at == own->second.end()) return;
  own->second.erase(at);
  if (own->second.empty()) of_network_.erase(own);
  oldest_.erase(std::find(oldest_.begin(), oldest_.end(), &connection));
}

} // namespace fanlight::fanout
