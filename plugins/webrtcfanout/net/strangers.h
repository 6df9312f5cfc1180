#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>

#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

class TcpConnection;

/// A worker's TCP connections that have not identified their viewer yet: for a short time only, and
/// limited per address (IPv6: per /64) and in total. Threads: the worker.
class Strangers {
 public:
  struct Limits {
    std::size_t all;
    std::size_t of_address;
  };
  explicit Strangers(Limits limits) : limits_(limits) {}

  /// The one that must be closed before one from `remote` is accepted; null: there is room.
  TcpConnection* in_the_way(const SocketAddress& remote) const;
  void add(TcpConnection& connection);
  /// The connection has identified its viewer, or has ended. Ignores unknown connections.
  void remove(const TcpConnection& connection);
  TcpConnection* oldest() const { return oldest_.empty() ? nullptr : oldest_.front(); }
  std::size_t size() const { return oldest_.size(); }

 private:
  using Network = std::array<std::uint8_t, 16>;
  static Network network_of(const SocketAddress& address);

  const Limits limits_;
  std::list<TcpConnection*> oldest_;                        ///< The oldest first.
  std::map<Network, std::list<TcpConnection*>> of_network_; ///< The oldest first.
};

} // namespace fanlight::fanout
