#include "config/login.h"

#include <algorithm>
#include <utility>

#include <glib.h>

#include "base/credentials.h"
#include "base/url.h"

namespace fanlight::config {

SplitUrl split_login(const std::string& url) {
  const auto parts = split_url(url);
  if (!parts) return {.bare = url, .username = {}, .password = {}, .address = {}};
  SplitUrl split{.bare = parts->bare(),
                 .username = {},
                 .password = {},
                 .address = parts->scheme + "://" + parts->host};
  if (parts->user_info) {
    const UrlLogin login = login_of(*parts->user_info);
    split.username = login.username;
    split.password = login.password;
  }
  std::transform(split.address.begin(), split.address.end(), split.address.begin(),
                 g_ascii_tolower);
  return split;
}

Stream with_login_in_keys(Stream stream) {
  SplitUrl parts = split_login(stream.url);
  if (stream.username.empty()) stream.username = parts.username.value_or("");
  if (stream.password.empty()) stream.password = parts.password.value_or("");
  stream.url = std::move(parts.bare);
  return stream;
}

std::string shown_url(const Stream& stream) {
  return strip_credentials(split_login(stream.url).bare);
}

} // namespace fanlight::config
