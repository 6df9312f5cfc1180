#pragma once

#include <string>
#include <vector>

#include "cameras/probe_result.h"
#include "config/config.h"
#include "config/diff.h"

namespace fanlight::session {

/// The cameras as they are configured, for whoever reads and changes them while the service runs.
/// Threads: main only.
class Roster {
 public:
  using Tested = cameras::Probed;
  virtual ~Roster() = default;

  /// What the service runs by, at the same address for its whole life.
  virtual const config::Config& config() const = 0;
  virtual const std::string& config_file() const = 0;
  virtual std::string cameras_file() const = 0;
  /// Keys that were changed in the file and need a restart.
  virtual const std::vector<std::string>& needs_restart() const = 0;

  /// Makes the managed cameras, and the order of all, those of `cameras`, here and in the file.
  /// Cameras that are not managed are as they are. Errc::internal: it cannot be written, and
  /// nothing has changed.
  virtual Result<config::Diff> change(std::vector<config::Camera> cameras) = 0;
  /// Reads the files again. Errc::invalid, not_found: what is wrong with them; nothing has changed.
  virtual Result<config::Diff> reload() = 0;
  /// Connects to a stream and looks what comes, for at most 10 s; `done` in a later turn.
  /// Errc::unavailable, internal.
  virtual Result<Done> test(const config::Camera& camera, Tested done) = 0;
};

} // namespace fanlight::session
