#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "load/net/address.h"
#include "load/net/url.h"

namespace fanlight::load {

/// The target of viewers: a WHEP endpoint, or a mountpoint of Janus.
struct Target {
  Url url;
  Address server;
  std::optional<std::uint64_t> mountpoint; ///< The URL is that of Janus' API.
  Address from;                            ///< The local address of the route, without a port.

  /// Errc::not_found; Errc::unavailable if there is no route.
  static Result<Target> find(const Url& url);
};

} // namespace fanlight::load
