#include "http/address.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace fanlight::http {
namespace {

std::optional<guint16> parse_port(std::string_view text) {
  guint16 port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
  return port;
}

Error not_an_address(const char* key, const std::string& listen, const std::string& why) {
  return {Errc::invalid, std::string{"reading "} + key + " '" + listen + "': " + why +
                             "; write host:port, such as 0.0.0.0:8080, 127.0.0.1:8080 or "
                             "[::]:8080"};
}

Owned<GInetAddress> look_up(const std::string& host) {
  if (host.empty()) return Owned<GInetAddress>{g_inet_address_new_any(G_SOCKET_FAMILY_IPV4)};
  if (GInetAddress* address = g_inet_address_new_from_string(host.c_str()))
    return Owned<GInetAddress>{address};
  const Owned<GResolver> resolver{g_resolver_get_default()};
  GList* found = g_resolver_lookup_by_name(resolver.get(), host.c_str(), nullptr, nullptr);
  Owned<GInetAddress> first;
  if (found != nullptr) first = share(static_cast<GInetAddress*>(found->data));
  g_resolver_free_addresses(found);
  return first;
}

} // namespace

Result<Owned<GSocketAddress>> parse_listen(const std::string& listen, const char* key) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos) return not_an_address(key, listen, "the port is missing");
  const auto port = parse_port(std::string_view{listen}.substr(colon + 1));
  if (!port) return not_an_address(key, listen, "the port is not a number from 0 to 65535");

  std::string host = listen.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of("[]:") != std::string::npos)
    return not_an_address(key, listen, "an IPv6 address needs brackets");

  const Owned<GInetAddress> address = look_up(host);
  if (!address) return not_an_address(key, listen, "the host '" + host + "' is unknown");
  return Owned<GSocketAddress>{g_inet_socket_address_new(address.get(), *port)};
}

std::string host_of(GSocketAddress* address) {
  if (address == nullptr || !G_IS_INET_SOCKET_ADDRESS(address)) return {};
  return take_text(
      g_inet_address_to_string(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address))));
}

std::string to_string(GSocketAddress* address) {
  if (address == nullptr || !G_IS_INET_SOCKET_ADDRESS(address)) return {};
  const std::string host = host_of(address);
  const std::string port =
      std::to_string(g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address)));
  return (host.find(':') == std::string::npos ? host : '[' + host + ']') + ':' + port;
}

} // namespace fanlight::http
