#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cameras/camera_info.h"
#include "cameras/probe_result.h"
#include "config/config.h"

namespace fanlight::cameras {

/// The cameras as the API shows them. Implemented by CameraViews.
class CameraDirectory {
 public:
  virtual ~CameraDirectory() = default;

  /// In the order of the configuration. The description of all cameras is long: ask for one camera
  /// at a time, over several turns of the loop.
  virtual std::vector<std::string> camera_ids() const = 0;
  virtual std::optional<CameraInfo> camera(const std::string& id) const = 0;
  /// A Graphviz document, shared by all that asked for it; or not_found; busy: too many drawings
  /// are in progress; internal: the document is too large.
  using Drawn = std::function<void(const Result<std::shared_ptr<const std::string>>&)>;
  /// Draws the camera's pipeline; calls `done` on main in a later turn.
  virtual void draw_pipeline(const std::string& camera, Drawn done) = 0;
  /// Connects to the only stream of `camera`, which need not be configured, and reads what it
  /// sends. Calls `done` within 10 s, in a later turn. Errc::unavailable, internal.
  virtual Result<Done> probe(const config::Camera& camera, Probed done) = 0;
  virtual void add_observer(CameraObserver& observer) = 0;
  virtual void remove_observer(CameraObserver& observer) = 0;
};

} // namespace fanlight::cameras
