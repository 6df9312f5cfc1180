#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "camsim/relay/relay.h"
#include "camsim/setup/faults.h"

namespace fanlight::camsim {

/// Commands by HTTP: docs/camsim.md lists them.
///
/// Threads: main only.
class Control {
 public:
  /// Errc::unavailable when the address cannot be had. `relay` outlives it.
  static Result<std::unique_ptr<Control>>
  create(const Listen& listen, std::vector<CameraSpec> cameras, FaultStates states, Relay& relay);
  virtual ~Control() = default;
  virtual std::string url() const = 0;
};

} // namespace fanlight::camsim
