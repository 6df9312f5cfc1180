#pragma once

#include "config/config.h"
#include "media/rtsp/connect_error.h"

namespace fanlight::media {

/// What reads a stream with `source: auto`: rtspdirectsrc, or rtspsrc if that may read what the
/// other cannot.
///
/// Threads: main only. Lifetime: its CameraStream's.
class SourceChoice {
 public:
  /// After as many attempts in a row the other one is tried.
  static constexpr int kPatience = 2;
  enum class Change {
    none,
    now,  ///< The other one reads the stream; the next attempt need not wait.
    later ///< The other one makes the next attempt, as late as it would have been.
  };

  explicit SourceChoice(const config::Stream& stream);

  bool avoids_direct() const { return avoids_direct_; }
  /// Pictures came.
  void on_live() {
    failed_ = 0;
    lived_ = true;
  }
  /// A connection failed; `described`: the camera had described its stream, so it is there and
  /// knows who asks.
  Change on_failure(const ConnectError& failure, bool described);

 private:
  const bool chooses_;
  bool final_ = false; ///< rtspdirectsrc is known not to read this camera.
  bool avoids_direct_ = false;
  bool lived_ = false; ///< The connection shows pictures: its end is no failure to do so.
  int failed_ = 0;     ///< Attempts in a row without a picture, by the one that reads now.
};

} // namespace fanlight::media
