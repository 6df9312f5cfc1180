#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

/// The sockets of a transport: a UDP socket and a TCP listener for each worker, all on one port.
struct Sockets {
  std::vector<int> udp;
  std::vector<int> tcp; ///< Empty without ICE-TCP.
  std::uint16_t port = 0;

  void close();
};

/// Opens dual-stack sockets on `port` (0: a port that is free for both) for each worker. False,
/// with the reason in `why`, on failure.
bool open_sockets(std::uint16_t port, unsigned workers, bool tcp, Sockets& sockets,
                  std::string& why);

/// This machine's addresses for viewers, IPv4 first: without link-local ones, and with loopback
/// only if requested. Notices changes within a second. Threads: any.
std::vector<SocketAddress> local_addresses(std::uint16_t port, bool loopback,
                                           std::int64_t now_us = monotonic_us());

} // namespace fanlight::fanout
