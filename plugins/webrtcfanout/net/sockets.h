#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

/// The sockets of a transport: for each worker one of UDP, and a listener of TCP, all on one port.
struct Sockets {
  std::vector<int> udp;
  std::vector<int> tcp; ///< Empty without ICE-TCP.
  std::uint16_t port = 0;

  void close();
};

/// Opens dual-stack sockets on `port` (0: any that is free for both) for so many workers. False
/// with the reason in `why`.
bool open_sockets(std::uint16_t port, unsigned workers, bool tcp, Sockets& sockets,
                  std::string& why);

/// This machine's own addresses that viewers may reach, IPv4 first: not those of link-local scope,
/// and loopback ones only where asked for. A change is seen within a second. Threads: any.
std::vector<SocketAddress> local_addresses(std::uint16_t port, bool loopback,
                                           std::int64_t now_us = monotonic_us());

} // namespace fanlight::fanout
