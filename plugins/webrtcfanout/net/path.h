#pragma once

#include <cstdint>
#include <string>

#include <netinet/in.h>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

class SendBatch;
class TcpConnection;

/// The way that a viewer's datagrams take.
struct Path {
  SocketAddress remote;
  /// Ours, where the kernel would not choose it by itself (a machine with several); else ::.
  in6_addr local = IN6ADDR_ANY_INIT;
  bool from_local = false;
  TcpConnection* tcp = nullptr; ///< Null: UDP.

  bool same_as(const Path& other) const { return remote == other.remote && tcp == other.tcp; }
};

/// Sends one datagram over `path`: by UDP at once, by TCP with what else waits there.
void send_over(const Path& path, SendBatch& udp, Bytes datagram);

/// A viewer's check (RFC 8445, section 7.3), which had the right password.
struct Check {
  Path path;
  bool nominated = false;
  std::uint32_t priority = 0;
  std::size_t size = 0; ///< Of the datagram.
  // For a check of ours over the same path.
  std::string username;         ///< "theirs:ours"
  std::string password;         ///< Theirs; empty where the offer does not name that user.
  std::uint64_t generation = 0; ///< Of our credentials: greater after each restart of ICE.
};

} // namespace fanlight::fanout
