#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <netinet/in.h>

namespace fanlight::fanout {

/// Source or destination of a datagram. Stores IPv4 as IPv4-mapped IPv6 (RFC 4291,
/// section 2.5.5.2), as dual-stack sockets do, so that there is only one kind.
class SocketAddress {
 public:
  SocketAddress() = default;
  /// From an AF_INET or AF_INET6 address; any other becomes the unspecified address.
  static SocketAddress of(const sockaddr* address);
  /// "192.0.2.1" or "2001:db8::1", without brackets; none if it is not a numeric address.
  static std::optional<SocketAddress> parse(std::string_view address, std::uint16_t port);

  bool is_v4() const { return IN6_IS_ADDR_V4MAPPED(&raw_.sin6_addr); }
  bool is_loopback() const;
  bool is_link_local() const; ///< fe80::/10, 169.254.0.0/16.
  std::uint16_t port() const { return ntohs(raw_.sin6_port); }
  const in6_addr& ip() const { return raw_.sin6_addr; }
  const sockaddr_in6& raw() const { return raw_; }
  std::string ip_text() const; ///< "192.0.2.1", "2001:db8::1"
  std::string text() const;    ///< "192.0.2.1:5000", "[2001:db8::1]:5000"

  bool operator==(const SocketAddress& other) const;
  std::size_t hash() const;

 private:
  sockaddr_in6 raw_{.sin6_family = AF_INET6,
                    .sin6_port = 0,
                    .sin6_flowinfo = 0,
                    .sin6_addr = IN6ADDR_ANY_INIT,
                    .sin6_scope_id = 0};
};

} // namespace fanlight::fanout

template <> struct std::hash<fanlight::fanout::SocketAddress> {
  std::size_t operator()(const fanlight::fanout::SocketAddress& address) const {
    return address.hash();
  }
};
