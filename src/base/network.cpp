#include "base/network.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <arpa/inet.h>

namespace fanlight {
namespace {

using Text = std::array<char, INET6_ADDRSTRLEN>;

std::optional<in6_addr> read_six(const std::string& address) {
  // The scope ("fe80::1%eth0") is not part of the address.
  const std::string number = address.substr(0, address.find('%'));
  in6_addr six{};
  if (inet_pton(AF_INET6, number.c_str(), &six) != 1) return std::nullopt;
  return six;
}

} // namespace

std::string unmapped(const std::string& address) {
  const auto six = read_six(address);
  if (!six || !IN6_IS_ADDR_V4MAPPED(&*six)) return address;
  Text text{};
  return inet_ntop(AF_INET, &six->s6_addr[12], text.data(), text.size());
}

std::string network_of(const std::string& address) {
  auto six = read_six(address);
  if (!six || IN6_IS_ADDR_V4MAPPED(&*six)) return unmapped(address);
  std::fill(std::begin(six->s6_addr) + 8, std::end(six->s6_addr), std::uint8_t{0});
  Text text{};
  return std::string{inet_ntop(AF_INET6, &*six, text.data(), text.size())} + "/64";
}

} // namespace fanlight
