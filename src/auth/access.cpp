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

/// What stands between scheme and path, in lower case.
struct Authority {
  std::string name; ///< An IPv6 address without its brackets.
  std::string port; ///< Empty: none is said.
};

Authority authority_of(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), g_ascii_tolower);
  const bool v6 = text.starts_with('[');
  const std::size_t end = v6 ? std::min(text.find(']'), text.size()) : text.find(':');
  const std::size_t colon = text.find(':', v6 ? end : 0);
  std::string name = text.substr(v6 ? 1 : 0, v6 ? end - 1 : end);
  if (name.ends_with('.')) name.pop_back(); // Of the root: a browser sends what was typed.
  return {.name = std::move(name),
          .port = colon == text.npos ? std::string{} : text.substr(colon + 1)};
}

/// Whether a stranger cannot make the name mean this server (DNS rebinding).
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
/// Where `host` has no port it is the one that the page's scheme implies: a proxy that speaks https
/// for us need not say so, and what it passes on is the Host alone. So https://h counts as ours at
/// Host h, also where another service of this machine has port 443.
bool is_at(const std::string& origin, const std::string& host) {
  const bool secure = g_ascii_strncasecmp(origin.c_str(), "https://", 8) == 0;
  // Pages inside of apps have schemes of their own, and none of them is ours.
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

/// Whether a message may repeat what a client sent: short, and nothing but a name or an origin.
bool is_plain(const std::string& text) {
  constexpr std::size_t kLongest = 270;
  return text.size() <= kLongest && std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_isalnum(c) ||
                  std::string_view{".-_:/[]"}.find(c) != std::string_view::npos;
         });
}

std::string why_not_host(const std::string& host) {
  const std::string name = is_plain(host) ? authority_of(host).name : "NAME";
  return "this server does not know the name " + name +
         ", which any web page could make lead here; if it is yours, set server.hosts: [" + name +
         "]";
}

std::string why_not_origin(const std::string& origin) {
  if (origin == "null")
    return "a page without an origin (a file, a sandboxed frame) may not show these cameras; serve "
           "it from a web server, and set embed.origins to that";
  const auto slashes = origin.find("://");
  const bool named = is_plain(origin) && slashes != origin.npos;
  const std::string page = named ? origin : "https://NAME";
  const std::string host = named ? origin.substr(slashes + 3) : "NAME";
  return "pages of " + page + " may not show these cameras; set embed.origins: [\"" + page +
         "\"] if they are yours, or server.hosts: [\"" + host +
         "\"] if this is the server's own page behind a proxy";
}

} // namespace

std::optional<http::Problem> viewing_refusal(const RequestOrigin& page,
                                             const config::Server& server,
                                             const config::Embed& embed) {
  if (std::find(embed.origins.begin(), embed.origins.end(), "*") != embed.origins.end()) return {};
  // Browsers always send it.
  if (!page.host.empty() && !is_name_of_ours(page.host, server.hosts))
    return http::Problem{http::Failure::unknown_host, why_not_host(page.host)};
  // A browser that says same-origin says so of the address it sees, before any proxy.
  if (page.site == "same-origin") return {};
  if (!page.origin.empty()) {
    if (is_at(page.origin, page.host) || is_at_any(page.origin, server.hosts) ||
        is_listed(page.origin, embed.origins))
      return {};
    return http::Problem{http::Failure::foreign_page, why_not_origin(page.origin)};
  }
  // No Origin: a player, a script, a typed address, or a page that cannot read what it gets (an
  // image, a script, a frame). Of the latter, only a link that somebody follows is let in.
  const bool link = page.reads && page.mode == "navigate" && page.dest == "document";
  if (page.site.empty() || page.site == "none" || link) return {};
  return http::Problem{
      http::Failure::foreign_page,
      "a page of another site may not load this without its origin; load it by fetch() "
      "or with the attribute crossorigin, from a page of embed.origins"};
}

std::string settings_refusal(const Principal& principal, const config::Server& server) {
  const config::Access access = server.settings;
  const RequestOrigin& page = principal.page;
  if (access == config::Access::none) return "settings cannot be changed here (server.settings)";
  // Sec-Fetch-Site is sent to trustworthy addresses only (https and this machine).
  const bool own_page = page.site.empty()
                            ? page.origin.empty() || is_at(page.origin, page.host) ||
                                  is_at_any(page.origin, server.hosts)
                            : page.site == "same-origin" || (page.site == "none" && page.reads);
  if (!own_page) return "settings can be changed only from this server's own page";
  // Also where everybody may: embed.origins ["*"] has let in pages that made a name lead here.
  if (!is_name_of_ours(page.host, server.hosts))
    return "settings can be changed only by the server's address, its private name or one of "
           "server.hosts, not as " +
           (is_plain(page.host) ? authority_of(page.host).name : "another");
  if (access == config::Access::all) return {};
  if (principal.proxied)
    return "settings cannot be changed through a proxy, which hides who asks; set server.settings "
           "to all if the proxy lets in nobody else";
  const bool near = access == config::Access::loopback ? principal.is_on_this_machine()
                                                       : principal.is_on_private_network();
  if (!near)
    return std::string("settings can be changed only from ") +
           (access == config::Access::loopback ? "this machine" : "private networks") +
           " (server.settings), not from " + principal.address;
  return {};
}

} // namespace fanlight::auth
