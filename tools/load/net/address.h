#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <netinet/in.h>

#include "base/result.h"

namespace fanlight::load {

/// An IPv4 or IPv6 address with a port.
class Address {
 public:
  Address() { any_.sa_family = AF_UNSPEC; }
  /// Parses a numeric address; IPv6 with or without brackets.
  static std::optional<Address> parse(const std::string& host, std::uint16_t port);
  /// Resolves a name if necessary, which blocks. Errc::not_found.
  static Result<Address> resolve(const std::string& host, std::uint16_t port);
  /// The address to which a socket is bound.
  static Address of_socket(int fd);
  /// From the output of recvmsg() and similar functions.
  static Address of(const sockaddr* address);

  const sockaddr* get() const { return &any_; }
  socklen_t size() const { return family() == AF_INET6 ? sizeof v6_ : sizeof v4_; }
  int family() const { return any_.sa_family; }
  std::uint16_t port() const;
  Address with_port(std::uint16_t port) const;
  /// Without brackets and port.
  std::string host() const;
  bool same_host(const Address& other) const;
  bool operator==(const Address& other) const { return same_host(other) && port() == other.port(); }
  /// Loopback, link-local, RFC 1918, or a unique local address of RFC 4193.
  bool is_private() const;
  /// Private, or an address of this machine.
  bool is_near() const;

 private:
  union {
    sockaddr any_;
    sockaddr_in v4_;
    sockaddr_in6 v6_{};
  };
};

} // namespace fanlight::load
