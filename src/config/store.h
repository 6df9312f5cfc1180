#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/diff.h"

namespace fanlight::config {

/// A part of the service that the configuration governs. A change takes two steps, so that it is
/// made everywhere or nowhere: all subscribers prepare it, and when all have, and the file is
/// written, they commit it.
struct Subscriber {
  virtual ~Subscriber() = default;
  /// Does what can fail, and keeps the result; nothing that others see changes. After an error,
  /// which refuses the change, nothing is kept, but a port that was opened stays open.
  virtual Result<Done> prepare(const Config& wanted, const Diff& diff) = 0;
  /// Takes over what was prepared. Store::current() is still what it was.
  virtual void commit() = 0;
  /// Drops what was prepared: another subscriber refused it, or it could not be written.
  virtual void abandon() = 0;
};

/// The configuration while the service runs. Threads: main only.
class Store {
 public:
  virtual ~Store() = default;

  /// What the service runs by, at the same address for its whole life.
  virtual const Config& current() const = 0;
  virtual const std::string& config_file() const = 0;
  virtual std::string cameras_file() const = 0;
  /// Keys that were changed in the file and need a restart.
  virtual const std::vector<std::string>& needs_restart() const = 0;
  /// Why the files were rejected when they were last read; none: the server runs with them.
  virtual const std::optional<Mistake>& mistake() const = 0;

  /// Replaces the managed cameras, and the order of all cameras, by those of `cameras`, in memory
  /// and in the file. Cameras that are not managed stay unchanged. Writes nothing if nothing
  /// changes. Errc::internal: the file cannot be written, and nothing has changed. Errc::conflict:
  /// the file was edited.
  virtual Result<Diff> change(std::vector<Camera> cameras) = 0;
  /// Reads the files again. Errc::invalid, not_found: what is wrong with them; nothing has changed.
  virtual Result<Diff> reload() = 0;
};

} // namespace fanlight::config
