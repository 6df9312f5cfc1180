#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanlight {

/// The parts of a URL with "://", each as written (RFC 3986, section 3).
struct UrlParts {
  std::string scheme;
  std::optional<std::string> user_info; ///< Up to the last '@' before the first '/', '?' or '#'.
  std::string host;                     ///< With its port.
  std::string rest;                     ///< Path, query and fragment.

  /// Without user and password.
  std::string bare() const { return scheme + "://" + host + rest; }
};
/// None for a text without "://".
std::optional<UrlParts> split_url(const std::string& url);

/// User and password of a URL, without percent-encoding.
struct UrlLogin {
  std::string username;
  std::optional<std::string> password;
};
UrlLogin login_of(const std::string& user_info);

/// `host` (of a URL) with `port`, unless it has a port of its own.
std::string with_port(const std::string& host, int port);

} // namespace fanlight
