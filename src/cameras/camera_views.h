#pragma once

#include <string>
#include <vector>

#include "cameras/camera_directory.h"
#include "cameras/registry.h"

namespace fanlight::cameras {

/// The cameras of a CameraRegistry for the API.
///
/// Threads: main only. Lifetime: owned by App; ends before the registry and after its observers.
class CameraViews : public CameraDirectory, private CameraRegistry::Observer {
 public:
  explicit CameraViews(CameraRegistry& registry);

  std::vector<std::string> camera_ids() const override;
  std::optional<CameraInfo> camera(const std::string& id) const override;
  void draw_pipeline(const std::string& camera, Drawn done) override;
  Result<Done> probe(const config::Camera& camera, Probed done) override;
  void add_observer(CameraObserver& observer) override;
  void remove_observer(CameraObserver& observer) override;

 private:
  template <typename Call> void notify(Call call);
  void on_camera_changed(const CameraRegistry::Entry& entry,
                         CameraRegistry::Change change) override;
  void on_cameras_reordered() override;

  // Given.
  CameraRegistry& registry_;
  // Owned.
  std::vector<CameraObserver*> observers_;
  const Token observation_;
};

} // namespace fanlight::cameras
