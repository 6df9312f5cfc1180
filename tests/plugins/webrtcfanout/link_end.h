#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hex.h"
#include "support/hang_limit.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

/// A viewer's way to the server: datagrams over UDP, or over TCP in frames (RFC 4571).
class LinkEnd {
 public:
  static constexpr int kHangMs = std::chrono::milliseconds{test::kHangLimit}.count();

  /// From `ip`, if it is given.
  static std::unique_ptr<LinkEnd> udp(const SocketAddress& server, const std::string& ip = "");
  static std::unique_ptr<LinkEnd> tcp(const SocketAddress& server, const std::string& ip = "");
  virtual ~LinkEnd() = default;

  virtual void send(Bytes datagram) const = 0;
  /// None: nothing came in that time, or the server has ended the connection.
  virtual std::optional<Octets> receive(int timeout_ms) = 0;
  std::optional<Octets> receive() { return receive(kHangMs); }
  /// The server has ended the connection.
  virtual bool ended() const { return false; }
};

} // namespace fanlight::fanout
