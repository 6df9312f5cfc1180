#pragma once

#include <string>

namespace fanlight {

/// `address` (numeric) as IPv4 if it is IPv4 mapped into IPv6, as dual-stack sockets report it;
/// otherwise unchanged.
std::string unmapped(const std::string& address);

/// The client behind `address` (numeric, without port) for limits per client: the IPv4 address,
/// also if mapped into IPv6; for IPv6 its /64, because one client has all of it: "2001:db8::/64".
/// Other text is returned unchanged.
std::string network_of(const std::string& address);

} // namespace fanlight
