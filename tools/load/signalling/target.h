#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "load/net/address.h"
#include "load/net/url.h"

namespace fanlight::load {

/// What viewers watch, and from where it is reached: a WHEP endpoint, or a mountpoint of Janus.
struct Target {
  Url url;
  Address server;
  std::optional<std::uint64_t> mountpoint; ///< The URL is that of Janus' API.
  Address from;                            ///< Our address on the way there, without a port.

  /// Errc::not_found, Errc::unavailable where no route leads there.
  static Result<Target> find(const Url& url);
};

} // namespace fanlight::load
