#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanlight {

/// A URL with "://" in its parts, each as written (RFC 3986, section 3).
struct UrlParts {
  std::string scheme;
  std::optional<std::string> user_info; ///< Up to the last '@' before the first '/', '?' or '#'.
  std::string host;                     ///< With its port.
  std::string rest;                     ///< Path, query and fragment.

  /// Without user and password.
  std::string bare() const { return scheme + "://" + host + rest; }
};
/// None of what has no "://".
std::optional<UrlParts> split_url(const std::string& url);

/// Who a URL says one is, without percent-encoding.
struct UrlLogin {
  std::string username;
  std::optional<std::string> password;
};
UrlLogin login_of(const std::string& user_info);

/// `host` (of a URL) with a port, this one where it has none.
std::string with_port(const std::string& host, int port);

} // namespace fanlight
