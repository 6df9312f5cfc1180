#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "gst/ref.h"
#include "session/viewer_bound.h"

namespace fanlight::session {

/// What the transports of all viewers share: the settings, the port of webrtcfanout, the limit of
/// viewers on webrtcbin.
///
/// Threads: main only. Lifetime: owned by App; outlives the sessions.
class Transports {
 public:
  /// Errc::unavailable if the machine has no room for the server, or the port is in use.
  static Result<std::unique_ptr<Transports>> create(const config::Config& config);
  ~Transports();

  /// Does in advance what the first viewer of these cameras, or of a camera that is added later,
  /// would have to wait for or fail on. Errc::unavailable.
  Result<Done> prepare(const std::vector<config::Camera>& cameras);

  const config::WebRtc& config() const { return config_; }
  /// The configured transport for the viewers of `camera`.
  config::ViewerTransport wanted_for(const config::Camera& camera) const {
    return camera.webrtc_transport.value_or(config_.transport);
  }
  /// The limit of viewers on webrtcbin, as computed at the start.
  const ViewerBound& bound() const { return bound_; }

 private:
  explicit Transports(config::WebRtc config) : config_(std::move(config)) {}
  Result<Done> open_port();
  void bound_webrtcbin(const std::vector<config::Camera>& cameras);

  // Given.
  const config::WebRtc config_;
  // Owned.
  ViewerBound bound_;
  Ref<GstElement> port_; // Keeps the port of webrtcfanout open.
  bool warm_ = false;    // webrtcbin is loaded.
};

} // namespace fanlight::session
