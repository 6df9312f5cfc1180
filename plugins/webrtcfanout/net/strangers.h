#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>

#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

class TcpConnection;

/// A worker's TCP connections that have not said yet which viewer's they are: for a short time, and
/// only so many, of one address (IPv6: of one /64) and in all. Threads: the worker.
class Strangers {
 public:
  struct Limits {
    std::size_t all;
    std::size_t of_address;
  };
  explicit Strangers(Limits limits) : limits_(limits) {}

  /// Which of them has to go before one from `remote` comes; null: there is room.
  TcpConnection* in_the_way(const SocketAddress& remote) const;
  void add(TcpConnection& connection);
  /// It has said whose it is, or is over. One that is not among them is passed over.
  void remove(const TcpConnection& connection);
  TcpConnection* oldest() const { return oldest_.empty() ? nullptr : oldest_.front(); }
  std::size_t size() const { return oldest_.size(); }

 private:
  using Network = std::array<std::uint8_t, 16>;
  static Network network_of(const SocketAddress& address);

  const Limits limits_;
  std::list<TcpConnection*> oldest_;                        ///< The oldest first.
  std::map<Network, std::list<TcpConnection*>> of_network_; ///< The same.
};

} // namespace fanlight::fanout
