#pragma once

#include <optional>
#include <string>

#include "config/config.h"

/// A stream's URL and login, which may be in the URL, in keys, or in both.
namespace fanlight::config {

/// A URL in two: who one is, and all the rest.
struct SplitUrl {
  std::string bare; ///< Without user and password.
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::string address; ///< Scheme, host and port, in lower case.
};
SplitUrl split_login(const std::string& url);

/// The stream with its login in its keys and none in its URL.
Stream with_login_in_keys(Stream stream);

/// The URL without user and password; secrets in its query are ***.
std::string shown_url(const Stream& stream);

} // namespace fanlight::config
