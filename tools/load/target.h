#pragma once

#include "address.h"
#include "base/result.h"
#include "url.h"

namespace fanlight::load {

/// What viewers watch: a WHEP endpoint, and from where it is reached.
struct Target {
  Url url;
  Address server;
  Address from; ///< Our address on the way there, without a port.

  /// Errc::not_found, Errc::unavailable where no route leads there.
  static Result<Target> find(const Url& url);
};

} // namespace fanlight::load
