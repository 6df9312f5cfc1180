#include "auth/access.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/network.h"
#include "http/owned.h"

namespace fanlight::auth {
namespace {

bool is_address(const std::string& text) {
  return http::Owned<GInetAddress>{g_inet_address_new_from_string(unmapped(text).c_str())} !=
         nullptr;
}

/// The part of a URL between scheme and path, in lower case.
struct Authority {
  std::string name; ///< An IPv6 address has no brackets.
  std::string port; ///< Empty: not given.
};

Authority authority_of(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_tolower);
  const bool v6 = text.starts_with('[');
  const std::size_t end = v6 ? std::min(text.find(']'), text.size()) : text.find(':');
  const std::size_t colon = text.find(':', v6 ? end : 0);
  std::string name = text.substr(v6 ? 1 : 0, v6 ? end - 1 : end);
  if (name.ends_with('.')) name.pop_back(); // The DNS root: browsers send the name as it was typed.
  return {.name = std::move(name),
          .port = colon == text.npos ? std::string{} : text.substr(colon + 1)};
}

/// Whether only the operator can make the name lead to this server, not a stranger (DNS rebinding).
bool is_name_of_ours(const std::string& host, const std::vector<std::string>& hosts) {
  constexpr std::array<std::string_view, 5> kPrivate{".localhost", ".local", ".lan", ".home.arpa",
                                                     ".internal"};
  const std::string name = authority_of(host).name;
  if (is_address(name) || name.find('.') == name.npos) return !name.empty();
  if (g_ascii_strcasecmp(name.c_str(), g_get_host_name()) == 0) return true;
  return std::any_of(hosts.begin(), hosts.end(),
                     [&name](const auto& ours) { return authority_of(ours).name == name; }) ||
         std::any_of(kPrivate.begin(), kPrivate.end(),
                     [&name](std::string_view suffix) { return name.ends_with(suffix); });
}

/// Whether the page of `origin` came from `host` (name or name:port).
///
/// If `host` has no port, the page's scheme implies it: a proxy that serves https for us may
/// forward only the Host header. Therefore https://h matches Host h, even if another service of
/// this machine has port 443.
bool is_at(const std::string& origin, const std::string& host) {
  const bool secure = g_ascii_strncasecmp(origin.c_str(), "https://", 8) == 0;
  // Pages inside apps have schemes of their own; none of them belongs to this server.
  if (!secure && g_ascii_strncasecmp(origin.c_str(), "http://", 7) != 0) return false;
  const std::string implied = secure ? "443" : "80";
  const auto port = [&implied](const Authority& authority) {
    return authority.port.empty() ? implied : authority.port;
  };
  const Authority page = authority_of(origin.substr(secure ? 8 : 7));
  const Authority ours = authority_of(host);
  return page.name == ours.name && port(page) == port(ours);
}

bool is_at_any(const std::string& origin, const std::vector<std::string>& hosts) {
  return std::any_of(hosts.begin(), hosts.end(),
                     [&origin](const std::string& host) { return is_at(origin, host); });
}

bool is_listed(const std::string& origin, const std::vector<std::string>& origins) {
  return std::any_of(origins.begin(), origins.end(), [&origin](const std::string& listed) {
    return g_ascii_strcasecmp(listed.c_str(), origin.c_str()) == 0;
  });
}

/// Whether a message may quote a client's text: it must be short and look like a name or an origin.
bool is_plain(const std::string& text) {
  constexpr std::size_t kLongest = 270;
  return text.size() <= kLongest && std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_isalnum(c) ||
                  std::string_view{".-_:/[]"}.find(c) != std::string_view::npos;
         });
}

Reason why_not_host(const std::string& host) {
  const std::string name = is_plain(host) ? authority_of(host).name : "NAME";
  return {"unknown_host"_reason,
          "this server does not know the host name {host}; if the name belongs to this server, add "
          "it to server.hosts: [{host}]",
          {{"host", name}}};
}

Reason why_not_origin(const std::string& origin) {
  if (origin == "null")
    return {
        "page_without_origin"_reason,
        "a page without an origin (a file, a sandboxed frame) may not show these cameras: serve "
        "the page from a web server and add its origin to embed.origins"};
  const auto slashes = origin.find("://");
  const bool named = is_plain(origin) && slashes != origin.npos;
  const std::string page = named ? origin : "https://NAME";
  const std::string host = named ? origin.substr(slashes + 3) : "NAME";
  return {"foreign_page"_reason,
          "pages of {origin} may not show these cameras: if {origin} is your site, set "
          "embed.origins: [\"{origin}\"]; if it is this server behind a proxy, set server.hosts: "
          "[\"{host}\"]",
          {{"origin", page}, {"host", host}}};
}

} // namespace

std::optional<http::Problem> viewing_refusal(const RequestOrigin& page,
                                             const config::Server& server,
                                             const config::Embed& embed) {
  if (std::find(embed.origins.begin(), embed.origins.end(), "*") != embed.origins.end()) return {};
  // Browsers always send a Host. What a proxy made of it is checked, too: if the proxy passes on
  // X-Forwarded-Host of its clients, a page can write there what it likes.
  for (const std::string& host : {page.host, page.proxy_host})
    if (!host.empty() && !is_name_of_ours(host, server.hosts))
      return http::Problem{http::Failure::unknown_host, why_not_host(host)};
  // "same-origin" refers to the address that the browser sees, in front of any proxy.
  if (page.site == "same-origin") return {};
  if (!page.origin.empty()) {
    if (is_at(page.origin, page.host) || is_at_any(page.origin, server.hosts) ||
        is_listed(page.origin, embed.origins))
      return {};
    return http::Problem{http::Failure::foreign_page, why_not_origin(page.origin)};
  }
  // A request without Origin comes from a player, a script, a typed address, or a page that cannot
  // read the answer (an image, a script, a frame). Of such pages, only a followed link is allowed.
  const bool link = page.reads && page.mode == "navigate" && page.dest == "document";
  if (page.site.empty() || page.site == "none" || link) return {};
  return http::Problem{
      http::Failure::foreign_page,
      {"origin_missing"_reason,
       "a page of another site must send its origin: load this by fetch() or with the attribute "
       "crossorigin, from a page whose origin is in embed.origins"}};
}

Reason settings_refusal(const Principal& principal, const config::Server& server) {
  const config::Access access = server.settings;
  const RequestOrigin& page = principal.page;
  if (access == config::Access::none)
    return {"settings_off"_reason,
            "this server does not allow changes of settings (server.settings: none)"};
  // Browsers send Sec-Fetch-Site only to trustworthy addresses (https and this machine).
  const bool own_page = page.site.empty()
                            ? page.origin.empty() || is_at(page.origin, page.host) ||
                                  is_at_any(page.origin, server.hosts)
                            : page.site == "same-origin" || (page.site == "none" && page.reads);
  if (!own_page)
    return {"settings_foreign_page"_reason,
            "settings can be changed only from this server's own page"};
  // This also applies to `all`: with embed.origins ["*"], a page can use DNS rebinding.
  if (!is_name_of_ours(page.host, server.hosts) ||
      (!page.proxy_host.empty() && !is_name_of_ours(page.proxy_host, server.hosts)))
    return {"settings_host"_reason,
            "settings can be changed only under the server's address, a private name or a name in "
            "server.hosts, not under {host}",
            {{"host", is_plain(page.host) ? authority_of(page.host).name : "another name"}}};
  if (access == config::Access::all) return {};
  if (principal.proxied)
    return {"settings_proxy"_reason,
            "settings cannot be changed through a proxy, because the proxy hides the client's "
            "address; if only administrators can use the proxy, set server.settings to all"};
  if (access == config::Access::loopback && !principal.is_on_this_machine())
    return {"settings_this_machine"_reason,
            "settings can be changed only from this machine (server.settings), not from {address}",
            {{"address", principal.address}}};
  if (access != config::Access::loopback && !principal.is_on_private_network())
    return {"settings_private"_reason,
            "settings can be changed only from private networks (server.settings), not from "
            "{address}",
            {{"address", principal.address}}};
  return {};
}

} // namespace fanlight::auth
