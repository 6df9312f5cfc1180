#include "load/net/url.h"

#include <algorithm>
#include <charconv>

namespace fanlight::load {

Result<Url> Url::parse(const std::string& text) {
  const Error wrong{Errc::invalid, "\"" + text + "\" is not http[s]://HOST[:PORT]/PATH"};
  Url url;
  url.tls = text.starts_with("https://");
  if (!url.tls && !text.starts_with("http://")) return wrong;
  const std::size_t start = url.tls ? 8 : 7;
  const auto slash = std::min(text.find('/', start), text.size());
  std::string authority = text.substr(start, slash - start);
  url.port = url.tls ? 443 : 80;
  // Colons of IPv6 addresses are inside the brackets.
  const auto colon = authority.rfind(':');
  if (colon != authority.npos && authority.find(']', colon) == authority.npos) {
    const char* end = authority.data() + authority.size();
    const auto read = std::from_chars(authority.data() + colon + 1, end, url.port);
    if (read.ec != std::errc{} || read.ptr != end || url.port == 0) return wrong;
    authority.resize(colon);
  }
  if (authority.empty() || authority.find('@') != authority.npos) return wrong;
  url.host = authority;
  if (slash < text.size()) url.path = text.substr(slash);
  if (url.path.find_first_of(" \r\n") != url.path.npos) return wrong;
  return url;
}

Result<Url> Url::resolve(const std::string& reference) const {
  if (reference.find("://") != reference.npos) return parse(reference);
  Url url = *this;
  const std::string base = path.substr(0, path.find('?'));
  url.path =
      reference.starts_with('/') ? reference : base.substr(0, base.rfind('/') + 1) + reference;
  if (reference.empty() || url.path.find_first_of(" \r\n") != url.path.npos)
    return Error{Errc::invalid, "\"" + reference + "\" is not a URL reference"};
  return url;
}

std::string Url::text() const {
  return std::string(tls ? "https://" : "http://") + host + ":" + std::to_string(port) + path;
}

} // namespace fanlight::load
