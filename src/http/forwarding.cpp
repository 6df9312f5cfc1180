#include "http/forwarding.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/network.h"
#include "http/owned.h"

namespace fanlight::http {
namespace {

std::string value_of(SoupMessageHeaders* headers, const char* name) {
  const char* value = soup_message_headers_get_list(headers, name);
  return value != nullptr ? value : "";
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the last entry of a list off; each proxy adds its own at the end.
std::string_view take_last(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  const std::string_view last = comma == list.npos ? list : list.substr(comma + 1);
  list = comma == list.npos ? std::string_view{} : list.substr(0, comma);
  return trimmed(last);
}

/// The address in an entry of X-Forwarded-For, to which some proxies add the port; empty: none.
std::string address_in(std::string_view entry) {
  std::string text{entry};
  const std::size_t bracket = text.find(']');
  if (text.starts_with('[') && bracket != text.npos)
    text = text.substr(1, bracket - 1);
  else if (std::count(text.begin(), text.end(), ':') == 1)
    text = text.substr(0, text.find(':'));
  const Owned<GInetAddress> address{g_inet_address_new_from_string(unmapped(text).c_str())};
  return address ? take_text(g_inet_address_to_string(address.get())) : "";
}

bool is_in_any(const std::string& address, std::span<const std::string> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const std::string& range) {
    const auto subnet = Subnet::parse(range);
    return subnet && subnet->contains(address);
  });
}

/// The last address in X-Forwarded-For that does not belong to a trusted proxy. The client may have
/// written the addresses before it. None: the list has an entry that is no address.
std::optional<std::string> first_stranger(const std::string& list, const std::string& peer,
                                          std::span<const std::string> trusted) {
  std::string address = peer;
  std::string_view rest = list;
  while (!rest.empty()) {
    address = address_in(take_last(rest));
    if (address.empty()) return std::nullopt;
    if (!is_in_any(address, trusted)) break;
  }
  return address;
}

bool has_any(SoupMessageHeaders* headers) {
  constexpr std::array kOfProxies{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP",
                                  "Via"};
  return std::any_of(kOfProxies.begin(), kOfProxies.end(), [headers](const char* name) {
    return soup_message_headers_get_list(headers, name) != nullptr;
  });
}

/// Of a request by HTTP/1.0, libsoup drops each header that Connection lists. A client can list the
/// headers of its proxy, so nothing shows that there is one.
bool may_lack_headers(SoupHTTPVersion version) { return version == SOUP_HTTP_1_0; }

} // namespace

Client client_of(SoupMessageHeaders* headers, const Arrival& arrival,
                 std::span<const std::string> trusted) {
  const std::string& peer = arrival.peer;
  Client client{.address = peer,
                .peer = peer,
                .host = value_of(headers, "Host"),
                .secure = arrival.tls,
                .trusted_peer = is_in_any(peer, trusted),
                .hidden = has_any(headers) || may_lack_headers(arrival.version)};
  if (!client.trusted_peer) return client;
  const std::string forwarded = value_of(headers, "X-Forwarded-For");
  const auto address = first_stranger(forwarded, peer, trusted);
  // Without the list, the request is not the proxy's own: its client may have had it dropped.
  client.hidden = forwarded.empty() || !address;
  if (!client.hidden) client.address = *address;
  // The nearest proxy wrote the last entry; it may add to what the client sent.
  const std::string protocol = value_of(headers, "X-Forwarded-Proto");
  if (!protocol.empty()) {
    std::string_view entries = protocol;
    client.secure = g_ascii_strcasecmp(std::string{take_last(entries)}.c_str(), "https") == 0;
  }
  const std::string host = value_of(headers, "X-Forwarded-Host");
  if (!host.empty()) {
    std::string_view entries = host;
    client.proxy_host = std::exchange(client.host, std::string{take_last(entries)});
  }
  return client;
}

} // namespace fanlight::http
