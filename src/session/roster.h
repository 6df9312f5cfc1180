#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config.h"
#include "config_diff.h"

namespace fanlight::session {

/// What a test of one stream found.
struct Findings {
  struct Video {
    std::string codec; ///< "H264", "H265".
    int width = 0;
    int height = 0;
    double fps = 0;
    std::uint32_t gop_frames = 0;
    std::int64_t gop_ms = 0;
    std::uint64_t bitrate = 0; ///< bit/s.
    bool b_frames = false;
  };
  bool ok = false;
  std::string reason; ///< In words: why it is not.
  double seconds = 0; ///< That it took.
  std::vector<Video> video;
  std::string audio; ///< As viewers get it; empty: none.
};

/// The cameras as they are configured, for whoever reads and changes them while the service runs.
/// Threads: main only.
class Roster {
 public:
  using Tested = std::function<void(const Findings&)>;
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
