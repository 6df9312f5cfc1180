#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
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

/// A change of the cameras that is worked out and not yet made.
struct Draft {
  Config config; ///< What the service would run by.
  Diff diff;
  std::string managed;        ///< What the file of the managed cameras would be.
  std::uint64_t revision = 0; ///< Of what it was worked out from; see Store::revision().
};

/// Works out a draft: replaces the managed cameras, and the order of all cameras, by those that are
/// given. Any thread; it may be called after the store is gone. Errc::internal: the file would not
/// give the same cameras.
using Drafter = std::function<Result<Draft>(std::vector<Camera> cameras)>;

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

  /// Another number after every change of what the service runs by or of its files.
  virtual std::uint64_t revision() const = 0;
  /// What works out drafts from what the service runs by now.
  virtual Drafter drafter() const = 0;
  /// Makes the change of a draft, in memory and in the file. Cameras that are not managed stay
  /// unchanged. Writes nothing if nothing changes. Errc::internal: the file cannot be written, or
  /// the draft is of another revision, and nothing has changed. Errc::conflict: the file was
  /// edited.
  virtual Result<Diff> change(Draft draft) = 0;
  /// The same at once, which takes long with many cameras.
  Result<Diff> change(std::vector<Camera> cameras) {
    auto draft = drafter()(std::move(cameras));
    if (!draft) return draft.error();
    return change(std::move(*draft));
  }
  /// Reads the files again. Errc::invalid, not_found: what is wrong with them; nothing has changed.
  virtual Result<Diff> reload() = 0;
};

} // namespace fanlight::config
