#pragma once

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

} // namespace fanlight::media
