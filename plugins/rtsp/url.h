#pragma once

#include <optional>
#include <string>

namespace fanlight::rtsp {

/// The parts of a URL with "://" (RFC 3986, section 3), without user and password.
struct Url {
  std::string scheme;
  std::string authority; ///< The host with its port, as written.
  std::string host;      ///< Without port and brackets.
  int port = 0;          ///< 0: it names none.
  std::string rest;      ///< Path, query and fragment.

  std::string text() const { return scheme + "://" + authority + rest; }
};
/// None for a text without "://", or with a port that is none.
std::optional<Url> parse_url(const std::string& text);

} // namespace fanlight::rtsp
