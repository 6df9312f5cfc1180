#include "webrtcfanout/net/socket_address.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>

namespace fanlight::fanout {
namespace {

void map_v4(in6_addr& ip, const in_addr& v4) {
  ip = {};
  ip.s6_addr[10] = ip.s6_addr[11] = 0xff;
  std::memcpy(&ip.s6_addr[12], &v4, sizeof v4);
}

} // namespace

SocketAddress SocketAddress::of(const sockaddr* address) {
  SocketAddress result;
  if (address->sa_family == AF_INET6) {
    std::memcpy(&result.raw_, address, sizeof result.raw_);
    result.raw_.sin6_flowinfo = 0;
  } else if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    map_v4(result.raw_.sin6_addr, v4.sin_addr);
    result.raw_.sin6_port = v4.sin_port;
  }
  return result;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text, std::uint16_t port) {
  const std::string address{text};
  SocketAddress result;
  result.raw_.sin6_port = htons(port);
  in_addr v4;
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1)
    map_v4(result.raw_.sin6_addr, v4);
  else if (inet_pton(AF_INET6, address.c_str(), &result.raw_.sin6_addr) != 1)
    return std::nullopt;
  return result;
}

bool SocketAddress::is_loopback() const {
  return is_v4() ? raw_.sin6_addr.s6_addr[12] == 127 : IN6_IS_ADDR_LOOPBACK(&raw_.sin6_addr);
}

bool SocketAddress::is_link_local() const {
  const auto& bytes = raw_.sin6_addr.s6_addr;
  return is_v4() ? bytes[12] == 169 && bytes[13] == 254 : IN6_IS_ADDR_LINKLOCAL(&raw_.sin6_addr);
}

std::string SocketAddress::ip_text() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (is_v4())
    inet_ntop(AF_INET, &raw_.sin6_addr.s6_addr[12], text, sizeof text);
  else
    inet_ntop(AF_INET6, &raw_.sin6_addr, text, sizeof text);
  return text;
}

std::string SocketAddress::text() const {
  const std::string ip = is_v4() ? ip_text() : "[" + ip_text() + "]";
  return ip + ":" + std::to_string(port());
}

bool SocketAddress::operator==(const SocketAddress& other) const {
  return raw_.sin6_port == other.raw_.sin6_port && raw_.sin6_scope_id == other.raw_.sin6_scope_id &&
         std::memcmp(&raw_.sin6_addr, &other.raw_.sin6_addr, sizeof raw_.sin6_addr) == 0;
}

std::size_t SocketAddress::hash() const {
  std::uint64_t halves[2];
  std::memcpy(halves, &raw_.sin6_addr, sizeof halves);
  std::uint64_t mixed = halves[0] ^ (halves[1] + raw_.sin6_port * 0x9e3779b97f4a7c15U);
  mixed ^= mixed >> 32;
  mixed *= 0xd6e8feb86659fd93U;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}

} // namespace fanlight::fanout
