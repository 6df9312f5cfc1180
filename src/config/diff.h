#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace fanlight::config {

/// What a new configuration changes: ids of cameras, and keys.
struct Diff {
  std::vector<std::string> unchanged;
  std::vector<std::string> adjusted; ///< Their viewers stay: name, max_viewers.
  std::vector<std::string> rebuilt;
  std::vector<std::string> added;
  std::vector<std::string> removed;
  bool reordered = false; ///< Those that are in both.
  /// Keys whose change the running program cannot take over, as server.listen.
  std::vector<std::string> needs_restart;
  /// The other keys that change, in words: "webrtc.max_viewers is now 500".
  std::vector<std::string> taken_over;

  /// Whether anything about the cameras changes.
  bool changes_cameras() const {
    return reordered || !(adjusted.empty() && rebuilt.empty() && added.empty() && removed.empty());
  }
};

Diff compare(const Config& running, const Config& wanted);

/// Whether viewers of one camera can stay if it becomes the other.
bool same_media(const Camera& one, const Camera& other);

/// The part of `wanted` that a program running with `running` can apply without a restart.
Config without_restart(const Config& running, Config wanted);

} // namespace fanlight::config
