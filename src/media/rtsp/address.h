#pragma once

#include <optional>
#include <string>

#include "config/config.h"

namespace fanlight::media {

/// The address of a stream for rtspsrc, and the login for it.
struct Address {
  std::string location; ///< Without user and password. The scheme selects TLS and the HTTP tunnel.
  std::string username;
  std::string password;
  bool tls = false;
};

/// The URL has been validated. Default ports: 554, with TLS 322, with the HTTP tunnel 80 or 443.
Address address_of(const config::Stream& stream);

/// The host for messages, with the port if the URL has one. None if the host may contain a
/// password: in rtsp://admin:20/24@192.0.2.10/ the slash is not escaped, so the parser takes
/// "admin:20", a user and half of the password, for the host.
std::optional<std::string> shown_host(const config::Stream& stream);

} // namespace fanlight::media
