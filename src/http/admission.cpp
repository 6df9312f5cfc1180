#include "http/admission.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "http/owned.h"

namespace fanlight::http {
namespace {

/// An IPv4 address in IPv6's clothes, as dual-stack sockets report it, is one of IPv4.
Owned<GInetAddress> parse_address(std::string text) {
  constexpr std::string_view kMapped = "::ffff:";
  if (text.starts_with(kMapped) && text.find('.') != text.npos) text.erase(0, kMapped.size());
  return Owned<GInetAddress>{g_inet_address_new_from_string(text.c_str())};
}

/// RFC 1918, RFC 3927, RFC 4193, RFC 4291.
bool is_private(GInetAddress* address) {
  if (g_inet_address_get_is_loopback(address) || g_inet_address_get_is_link_local(address) ||
      g_inet_address_get_is_site_local(address))
    return true;
  return g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6 &&
         (g_inet_address_to_bytes(address)[0] & 0xfeU) == 0xfcU;
}

/// The host without its port, in lower case; an IPv6 address without its brackets.
std::string host_without_port(const std::string& host) {
  std::string name =
      host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  std::transform(name.begin(), name.end(), name.begin(), g_ascii_tolower);
  return name;
}

/// Whether a stranger cannot make the name mean this server (DNS rebinding).
bool is_name_of_ours(const std::string& host) {
  constexpr std::array<std::string_view, 5> kPrivate{".localhost", ".local", ".lan", ".home.arpa",
                                                     ".internal"};
  const std::string name = host_without_port(host);
  if (parse_address(name) || name.find('.') == name.npos) return !name.empty();
  if (g_ascii_strcasecmp(name.c_str(), g_get_host_name()) == 0) return true;
  return std::any_of(kPrivate.begin(), kPrivate.end(),
                     [&name](std::string_view suffix) { return name.ends_with(suffix); });
}

std::string host_of_origin(const std::string& origin) {
  const auto slashes = origin.find("://");
  return slashes == origin.npos ? std::string{} : origin.substr(slashes + 3);
}

} // namespace

Visitor visitor_of(const Exchange& exchange) {
  constexpr std::array kOfProxies{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP",
                                  "Via"};
  return {.address = exchange.remote_address(),
          .host = exchange.header("Host"),
          .origin = exchange.header("Origin"),
          .site = exchange.header("Sec-Fetch-Site"),
          .proxied = std::any_of(kOfProxies.begin(), kOfProxies.end(),
                                 [&](const char* header) { return exchange.has_header(header); }),
          .reads = exchange.method() == "GET" || exchange.method() == "HEAD"};
}

std::string refusal(const Visitor& visitor, config::Access access) {
  if (access == config::Access::none) return "settings cannot be changed here (server.settings)";
  // Sec-Fetch-Site is sent to trustworthy addresses only (https and this machine).
  const bool own_page =
      visitor.site.empty()
          ? visitor.origin.empty() || g_ascii_strcasecmp(host_of_origin(visitor.origin).c_str(),
                                                         visitor.host.c_str()) == 0
          : visitor.site == "same-origin" || (visitor.site == "none" && visitor.reads);
  if (!own_page) return "settings can be changed only from this server's own page";
  if (access == config::Access::all) return {};
  if (visitor.proxied)
    return "settings cannot be changed through a proxy, which hides who asks; set server.settings "
           "to all if the proxy lets in nobody else";
  const Owned<GInetAddress> address = parse_address(visitor.address);
  const bool near =
      address && (access == config::Access::loopback ? g_inet_address_get_is_loopback(address.get())
                                                     : is_private(address.get()));
  if (!near)
    return std::string("settings can be changed only from ") +
           (access == config::Access::loopback ? "this machine" : "private networks") +
           " (server.settings), not from " + visitor.address;
  if (!is_name_of_ours(visitor.host))
    return "settings can be changed only by the server's address or private name, not as " +
           host_without_port(visitor.host);
  return {};
}

} // namespace fanlight::http
