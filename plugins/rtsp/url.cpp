#include "rtsp/url.h"

#include <algorithm>
#include <charconv>

namespace fanlight::rtsp {

std::optional<Url> parse_url(const std::string& text) {
  const std::size_t slashes = text.find("://");
  if (slashes == text.npos) return std::nullopt;
  Url url{.scheme = text.substr(0, slashes), .authority = {}, .host = {}, .port = 0, .rest = {}};
  const std::size_t begin = slashes + 3;
  const std::size_t end = std::min(text.find_first_of("/?#", begin), text.size());
  url.authority = text.substr(begin, end - begin);
  url.rest = text.substr(end);
  if (const std::size_t at = url.authority.rfind('@'); at != text.npos)
    url.authority.erase(0, at + 1);
  const std::size_t bracket = url.authority.rfind(']');
  const std::size_t colon = url.authority.find(':', bracket == text.npos ? 0 : bracket);
  url.host = url.authority.substr(0, colon);
  if (url.host.starts_with('[') && url.host.ends_with(']'))
    url.host = url.host.substr(1, url.host.size() - 2);
  if (colon == text.npos || colon + 1 == url.authority.size()) return url;
  const char* const last = url.authority.data() + url.authority.size();
  const auto [stop, error] = std::from_chars(url.authority.data() + colon + 1, last, url.port);
  if (error != std::errc{} || stop != last || url.port < 1 || url.port > 65535) return std::nullopt;
  return url;
}

} // namespace fanlight::rtsp
