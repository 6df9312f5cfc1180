#pragma once

#include <functional>
#include <memory>

#include "base/main_loop.h"
#include "cameras/probe_result.h"
#include "media/camera.h"

namespace fanlight::cameras {

/// What is known of a stream now, as a probe's result.
ProbeResult result_of(const media::CameraStream& camera_stream);

/// Probes a stream: connects, reads its format and rates, disconnects.
///
/// Threads: main only. Lifetime: its caller's; its destructor ends the connection.
class StreamProbe : private media::Camera::Observer {
 public:
  /// The longest time from start to result, whatever the camera does.
  static constexpr std::chrono::milliseconds kLimit{9'000};

  /// Probes the first stream of `camera`. Calls `done` once, in a later turn; `done` may destroy
  /// the probe. Errc::internal if an element is missing. The queue outlives the probe.
  static Result<std::unique_ptr<StreamProbe>> begin(config::Camera camera,
                                                    media::ConnectQueue& queue, Probed done);

 private:
  explicit StreamProbe(Probed done);
  /// Whether everything is known that a probe reports.
  bool complete() const;
  void poll();
  void finish(bool late);
  /// poll() reads the change soon, outside of this call.
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
