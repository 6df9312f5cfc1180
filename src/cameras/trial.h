#pragma once

#include <functional>
#include <memory>

#include "base/main_loop.h"
#include "cameras/findings.h"
#include "media/camera.h"

namespace fanlight::session {

/// What is known of a stream now.
Findings findings_of(const media::Intake& intake);

/// One try of a stream that nobody watches: connects, looks what comes, and lets go.
///
/// Threads: main only. Lifetime: of whoever waits for it; its end ends the connection.
class Trial : private media::Camera::Observer {
 public:
  /// From the beginning to the findings, whatever the camera does.
  static constexpr std::chrono::milliseconds kLimit{9'000};

  /// The first stream of `camera`. `done` comes once, in a turn of its own, and may end the trial.
  /// Errc::internal when an element is missing. The queue outlives it.
  static Result<std::unique_ptr<Trial>> begin(config::Camera camera, media::ConnectQueue& queue,
                                              Tested done);

 private:
  explicit Trial(Tested done);
  /// Whether there is nothing more to wait for.
  bool complete() const;
  void look();
  void finish(bool late);
  /// look() sees it soon, and not in the middle of it.
  void on_camera_changed(media::Camera&) override {}
  const media::Intake& intake() const { return *camera_->intakes().front(); }

  // Given.
  const Tested done_;
  // Owned.
  std::shared_ptr<media::Camera> camera_;
  std::int64_t begun_us_ = 0;
  Timer look_;
  Timer limit_;
};

} // namespace fanlight::session
