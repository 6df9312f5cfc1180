#pragma once

#include <functional>
#include <memory>

#include "base/main_loop.h"
#include "cameras/probe_result.h"
#include "media/camera.h"

namespace fanlight::cameras {

/// What is known of a stream now, as the result of a probe.
ProbeResult result_of(const media::CameraStream& camera_stream);

/// Probes a stream: connects, reads its format and rates, disconnects.
///
/// Threads: main only. Lifetime: of whoever waits for it; its end ends the connection.
class StreamProbe : private media::Camera::Observer {
 public:
  /// From the beginning to the result, whatever the camera does.
  static constexpr std::chrono::milliseconds kLimit{9'000};

  /// The first stream of `camera`. `done` comes once, in a turn of its own, and may end the probe.
  /// Errc::internal when an element is missing. The queue outlives it.
  static Result<std::unique_ptr<StreamProbe>> begin(config::Camera camera,
                                                    media::ConnectQueue& queue, Probed done);

 private:
  explicit StreamProbe(Probed done);
  /// Whether there is nothing more to wait for.
  bool complete() const;
  void poll();
  void finish(bool late);
  /// poll() sees it soon, and not in the middle of it.
  void on_camera_changed(media::Camera&) override {}
  const media::CameraStream& camera_stream() const { return *camera_->camera_streams().front(); }

  // Given.
  const Probed done_;
  // Owned.
  std::shared_ptr<media::Camera> camera_;
  std::int64_t begun_us_ = 0;
  Timer poll_;
  Timer limit_;
};

} // namespace fanlight::cameras
