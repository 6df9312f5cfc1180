#include "auth/principal.h"

#include "base/network.h"
#include "http/exchange.h"
#include "http/owned.h"

namespace fanlight::auth {
namespace {

http::Owned<GInetAddress> parse_address(const std::string& text) {
  return http::Owned<GInetAddress>{g_inet_address_new_from_string(unmapped(text).c_str())};
}

} // namespace

bool Principal::is_on_this_machine() const {
  const auto parsed = parse_address(address);
  return parsed && g_inet_address_get_is_loopback(parsed.get());
}

bool Principal::is_on_private_network() const {
  const auto parsed = parse_address(address);
  if (!parsed) return false;
  if (g_inet_address_get_is_loopback(parsed.get()) ||
      g_inet_address_get_is_link_local(parsed.get()) ||
      g_inet_address_get_is_site_local(parsed.get()))
    return true;
  return g_inet_address_get_family(parsed.get()) == G_SOCKET_FAMILY_IPV6 &&
         (g_inet_address_to_bytes(parsed.get())[0] & 0xfeU) == 0xfcU;
}

Principal principal_of(const http::Exchange& exchange) {
  const http::Client& client = exchange.client();
  return {.address = client.address,
          .proxied = client.hidden,
          .page = {.host = client.host,
                   .proxy_host = client.proxy_host,
                   .origin = exchange.header("Origin"),
                   .site = exchange.header("Sec-Fetch-Site"),
                   .mode = exchange.header("Sec-Fetch-Mode"),
                   .dest = exchange.header("Sec-Fetch-Dest"),
                   .reads = exchange.method() == "GET" || exchange.method() == "HEAD"}};
}

Principal principal_of_socket(const http::Exchange& exchange) {
  Principal principal = principal_of(exchange);
  principal.page.site.clear();
  return principal;
}

} // namespace fanlight::auth
