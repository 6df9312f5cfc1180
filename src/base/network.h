#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace fanlight {

/// `address` (numeric) as IPv4 if it is IPv4 mapped into IPv6, as dual-stack sockets report it;
/// otherwise unchanged.
std::string unmapped(const std::string& address);

/// The client behind `address` (numeric, without port) for limits per client: the IPv4 address,
/// also if mapped into IPv6; for IPv6 its /64, because one client has all of it: "2001:db8::/64".
/// Other text is returned unchanged.
std::string network_of(const std::string& address);

/// A range of addresses: "192.0.2.0/24", "2001:db8::/32", or a single address. A range of IPv6
/// contains no address of IPv4.
class Subnet {
 public:
  /// None: not a range.
  static std::optional<Subnet> parse(const std::string& text);

  /// `address` is numeric; IPv4 mapped into IPv6 counts as IPv4. False for other text.
  bool contains(const std::string& address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>; ///< IPv4 is mapped into IPv6.
  Subnet(const Bytes& bytes, unsigned bits) : bytes_(bytes), bits_(bits) {}

  const Bytes bytes_;
  const unsigned bits_; ///< How many of them all addresses of the range share.
};

} // namespace fanlight
