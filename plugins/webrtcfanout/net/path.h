#pragma once

#include <cstdint>
#include <string>

#include <netinet/in.h>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

class SendBatch;
class TcpConnection;

/// The network path of a viewer's datagrams.
struct Path {
  SocketAddress remote;
  /// Our address, if the kernel would not choose it by itself (a machine with several); else ::.
  in6_addr local = IN6ADDR_ANY_INIT;
  bool from_local = false;
  TcpConnection* tcp = nullptr; ///< Null: UDP.

  bool same_as(const Path& other) const { return remote == other.remote && tcp == other.tcp; }
};

/// Sends one datagram over `path`: over UDP at once, over TCP with the datagrams queued there.
void send_over(const Path& path, SendBatch& udp, Bytes datagram);

/// A viewer's check (RFC 8445, section 7.3) with the correct password.
struct Check {
  Path path;
  bool nominated = false;
  std::uint32_t priority = 0;
  std::size_t size = 0; ///< Size of the datagram.
  // For our checks of the same path.
  std::string username;         ///< "theirs:ours"
  std::string password;         ///< Theirs; empty if the offer does not contain that user.
  std::uint64_t generation = 0; ///< Of our credentials: increases with each ICE restart.
};

} // namespace fanlight::fanout
