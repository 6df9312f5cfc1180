#include "base/network.h"

#include <algorithm>
#include <charconv>
#include <string_view>

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

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 8 * kMapped.size();

/// The address in 16 bytes; IPv4 is mapped into IPv6.
std::optional<std::array<std::uint8_t, 16>> bytes_of(const std::string& address) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy(kMapped.begin(), kMapped.end(), bytes.begin());
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + kMapped.size()) == 1) return bytes;
  const auto six = read_six(address);
  if (!six) return std::nullopt;
  std::copy(std::begin(six->s6_addr), std::end(six->s6_addr), bytes.begin());
  return bytes;
}

bool is_mapped(const std::array<std::uint8_t, 16>& bytes) {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
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

std::optional<Subnet> Subnet::parse(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto bytes = bytes_of(text.substr(0, slash));
  if (!bytes) return std::nullopt;
  if (slash == text.npos) return Subnet{*bytes, 128};
  const bool four = text.find(':') == text.npos;
  const std::string_view digits = std::string_view{text}.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc{} || end != digits.data() + digits.size() || bits > (four ? 32U : 128U))
    return std::nullopt;
  if (four) bits += kMappedBits;
  if (is_mapped(*bytes) && bits < kMappedBits) return std::nullopt; // Most likely, a range of IPv4.
  return Subnet{*bytes, bits};
}

bool Subnet::contains(const std::string& address) const {
  const auto bytes = bytes_of(address);
  if (!bytes || is_mapped(*bytes) != is_mapped(bytes_)) return false;
  const std::size_t whole = bits_ / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, bytes->begin())) return false;
  const unsigned rest = bits_ % 8;
  return rest == 0 || ((bytes_[whole] ^ (*bytes)[whole]) >> (8 - rest)) == 0;
}

} // namespace fanlight
