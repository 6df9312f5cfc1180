#pragma once

#include <memory>
#include <string>

#include "config/config.h"
#include "session/transport_factory.h"
#include "session/viewer_bound.h"
#include "webrtc/fanout_branch.h"

namespace fanlight::session {

/// Gives each viewer of one camera a webrtcbin of its own or a place on the camera's webrtcfanout,
/// depending on webrtc.transport and the offer.
///
/// Threads: main only. Lifetime: held by the SessionTable and by the camera's viewers.
class CameraTransports : public TransportFactory,
                         public std::enable_shared_from_this<CameraTransports> {
 public:
  /// `wanted` is the configured transport of this camera.
  CameraTransports(std::shared_ptr<webrtc::MediaSource> camera, config::ViewerTransport wanted,
                   config::WebRtc config, ViewerBound bound);

  Result<Made> make(const Request& request,
                    std::weak_ptr<webrtc::ViewerTransport::Observer> observer) override;

 private:
  using Transport = std::shared_ptr<webrtc::ViewerTransport>;
  using Observer = std::weak_ptr<webrtc::ViewerTransport::Observer>;

  Result<Transport> on_webrtcbin(const Request& request, Observer observer);
  Result<Transport> on_fanout(const Request& request, Observer observer);
  Result<Done> open_fanout();

  // Given.
  const std::shared_ptr<webrtc::MediaSource> camera_;
  const config::ViewerTransport wanted_;
  const config::WebRtc config_;
  const ViewerBound bound_;
  // Owned.
  // While it has viewers, and a short time after that.
  std::shared_ptr<webrtc::FanoutBranch> fanout_;
};

} // namespace fanlight::session
