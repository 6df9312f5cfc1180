#pragma once

#include <cstdint>

#include <netinet/in.h>

#include "socket_address.h"

namespace fanlight::fanout {

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

} // namespace fanlight::fanout
