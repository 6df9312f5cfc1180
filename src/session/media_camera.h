#pragma once

#include <memory>
#include <string>
#include <vector>

#include "media/camera.h"
#include "session/viewed_camera.h"
#include "webrtc/media_feed.h"

namespace fanlight::session {

/// Connects media::Camera to its viewers and to their transports.
///
/// Threads: main only. Lifetime: shared by the viewers of the camera and their transports.
class MediaCamera : public ViewedCamera, public webrtc::MediaSource {
 public:
  explicit MediaCamera(std::shared_ptr<media::Camera> camera);

  const std::string& id() const override { return camera_->config().id; }
  const std::vector<std::unique_ptr<ViewedStream>>& streams() const override { return streams_; }

  const std::string& camera_id() const override { return camera_->config().id; }
  Result<std::unique_ptr<webrtc::MediaFeed>> attach(Ref<GstElement> bin,
                                                    webrtc::MediaFeed::Observer& observer) override;

 private:
  const std::shared_ptr<media::Camera> camera_;
  std::vector<std::unique_ptr<ViewedStream>> streams_;
};

} // namespace fanlight::session
