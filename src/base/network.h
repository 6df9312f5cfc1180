#pragma once

#include <string>

namespace fanlight {

/// `address` (numeric) as IPv4 where it is such a one mapped into IPv6, as dual-stack sockets
/// report it; anything else as it is.
std::string unmapped(const std::string& address);

/// Who `address` (numeric, without port) is where places are shared out among clients: an IPv4
/// address, also where it comes mapped into IPv6; of an IPv6 address its /64, as one client has all
/// of that: "2001:db8::/64". Anything else stands for itself.
std::string network_of(const std::string& address);

} // namespace fanlight
