#include "load/net/address.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>

namespace fanlight::load {
namespace {

bool is_private_v4(std::uint32_t host) {
  const auto in = [host](std::uint32_t net, int bits) { return host >> (32 - bits) == net; };
  return in(127, 8) || in(10, 8) || in(0xac1, 12) || in(0xc0a8, 16) || in(0xa9fe, 16);
}

/// The addresses of all interfaces, as of the first call.
const std::vector<Address>& own_addresses() {
  static const std::vector<Address> addresses = [] {
    std::vector<Address> found;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return found;
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next)
      if (each->ifa_addr != nullptr) found.push_back(Address::of(each->ifa_addr));
    freeifaddrs(list);
    return found;
  }();
  return addresses;
}

} // namespace

std::optional<Address> Address::parse(const std::string& host, std::uint16_t port) {
  Address address;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string bare = bracketed ? host.substr(1, host.size() - 2) : host;
  if (!bracketed && inet_pton(AF_INET, bare.c_str(), &address.v4_.sin_addr) == 1) {
    address.v4_.sin_family = AF_INET;
  } else if (inet_pton(AF_INET6, bare.c_str(), &address.v6_.sin6_addr) == 1) {
    address.v6_.sin6_family = AF_INET6;
  } else {
    return {};
  }
  return address.with_port(port);
}

Result<Address> Address::resolve(const std::string& host, std::uint16_t port) {
  if (const auto numeric = parse(host, port)) return *numeric;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found); code != 0)
    return Error{Errc::not_found, "looking up " + host + ": " + gai_strerror(code)};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned{found, freeaddrinfo};
  return of(found->ai_addr).with_port(port);
}

Address Address::of_socket(int fd) {
  Address address;
  socklen_t size = sizeof address.v6_;
  getsockname(fd, &address.any_, &size);
  return address;
}

Address Address::of(const sockaddr* from) {
  Address address;
  if (from->sa_family == AF_INET) std::memcpy(&address.v4_, from, sizeof address.v4_);
  if (from->sa_family == AF_INET6) std::memcpy(&address.v6_, from, sizeof address.v6_);
  return address;
}

std::uint16_t Address::port() const {
  return ntohs(family() == AF_INET6 ? v6_.sin6_port : v4_.sin_port);
}

Address Address::with_port(std::uint16_t port) const {
  Address address = *this;
  (family() == AF_INET6 ? address.v6_.sin6_port : address.v4_.sin_port) = htons(port);
  return address;
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET6)
    inet_ntop(AF_INET6, &v6_.sin6_addr, text, sizeof text);
  else
    inet_ntop(AF_INET, &v4_.sin_addr, text, sizeof text);
  return text;
}

bool Address::same_host(const Address& other) const {
  if (family() != other.family() || family() == AF_UNSPEC) return false;
  if (family() == AF_INET6) return IN6_ARE_ADDR_EQUAL(&v6_.sin6_addr, &other.v6_.sin6_addr);
  return v4_.sin_addr.s_addr == other.v4_.sin_addr.s_addr;
}

bool Address::is_private() const {
  if (family() == AF_INET) return is_private_v4(ntohl(v4_.sin_addr.s_addr));
  const in6_addr& host = v6_.sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&host)) {
    std::uint32_t v4 = 0;
    std::memcpy(&v4, host.s6_addr + 12, sizeof v4);
    return is_private_v4(ntohl(v4));
  }
  return family() == AF_INET6 && (IN6_IS_ADDR_LOOPBACK(&host) || IN6_IS_ADDR_LINKLOCAL(&host) ||
                                  (host.s6_addr[0] & 0xfe) == 0xfc);
}

bool Address::is_near() const {
  const auto& own = own_addresses();
  return is_private() || std::any_of(own.begin(), own.end(),
                                     [this](const Address& each) { return same_host(each); });
}

} // namespace fanlight::load
