#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace fanlight::load {

/// http:// or https://, host, port and path.
struct Url {
  bool tls = false;
  std::string host; ///< As written, IPv6 with brackets.
  std::uint16_t port = 80;
  std::string path = "/";

  /// Errc::invalid.
  static Result<Url> parse(const std::string& text);
  /// Resolves the reference of a Location header (RFC 3986, section 5): a complete URL, or a path
  /// from the root or from the last slash. Errc::invalid.
  Result<Url> resolve(const std::string& reference) const;
  std::string text() const;
};

} // namespace fanlight::load
