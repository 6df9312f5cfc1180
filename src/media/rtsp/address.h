#pragma once

#include <optional>
#include <string>

#include "config/config.h"

namespace fanlight::media {

/// Where a stream is, for rtspsrc, and how to log in there.
struct Address {
  std::string location; ///< Without user and password; the scheme says TLS and HTTP tunnel.
  std::string username;
  std::string password;
  bool tls = false;
};

/// Of a stream whose URL has been validated. Without a port: 554, with TLS 322, in HTTP 80 or 443.
Address address_of(const config::Stream& stream);

/// Its host, with the port if the URL has one, where that may be shown. None for
/// rtsp://admin:20/24@192.0.2.10/: a password was not escaped, and what stands for the host is a
/// user and half of it.
std::optional<std::string> shown_host(const config::Stream& stream);

} // namespace fanlight::media
