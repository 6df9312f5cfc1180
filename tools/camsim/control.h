#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "camsim/relay/relay.h"
#include "camsim/setup/faults.h"

namespace fanlight::camsim {

/// Control by HTTP; docs/camsim.md lists the commands.
///
/// Threads: main only.
class Control {
 public:
  /// Errc::unavailable if the address cannot be bound. `relay` outlives it.
  static Result<std::unique_ptr<Control>>
  create(const Listen& listen, std::vector<CameraSpec> cameras, FaultStates states, Relay& relay);
  virtual ~Control() = default;
  virtual std::string url() const = 0;
};

} // namespace fanlight::camsim
