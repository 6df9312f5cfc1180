#include "base/url.h"

#include <algorithm>

#include <glib.h>

namespace fanlight {
namespace {

/// Returns the text itself if its percent-encoding is invalid.
std::string decoded(const std::string& text) {
  char* const plain = g_uri_unescape_string(text.c_str(), nullptr);
  if (plain == nullptr) return text;
  std::string out(plain);
  g_free(plain);
  return out;
}

} // namespace

std::optional<UrlParts> split_url(const std::string& url) {
  const std::size_t slashes = url.find("://");
  if (slashes == url.npos) return std::nullopt;
  UrlParts parts{.scheme = url.substr(0, slashes), .user_info = {}, .host = {}, .rest = {}};
  const std::size_t begin = slashes + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  parts.host = url.substr(begin, end - begin);
  parts.rest = url.substr(end);
  if (const std::size_t at = parts.host.rfind('@'); at != url.npos) {
    parts.user_info = parts.host.substr(0, at);
    parts.host.erase(0, at + 1);
  }
  return parts;
}

UrlLogin login_of(const std::string& user_info) {
  const std::size_t colon = user_info.find(':');
  UrlLogin login{.username = decoded(user_info.substr(0, colon)), .password = {}};
  if (colon != user_info.npos) login.password = decoded(user_info.substr(colon + 1));
  return login;
}

std::string with_port(const std::string& host, int port) {
  const std::size_t bracket = host.rfind(']');
  const bool has_port = host.find(':', bracket == host.npos ? 0 : bracket) != host.npos;
  return has_port ? host : host + ":" + std::to_string(port);
}

} // namespace fanlight
