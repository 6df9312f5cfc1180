#include "cameras/camera_views.h"

#include <algorithm>
#include <utility>

#include "base/main_loop.h"
#include "cameras/describe.h"
#include "cameras/refusals.h"

namespace fanlight::cameras {

CameraViews::CameraViews(CameraRegistry& registry)
    : registry_(registry), observation_(registry.observe(*this)) {}

std::vector<std::string> CameraViews::camera_ids() const {
  std::vector<std::string> ids;
  for (const CameraRegistry::Entry& entry : registry_.all()) ids.push_back(entry.settings.id);
  return ids;
}

std::optional<CameraInfo> CameraViews::camera(const std::string& id) const {
  const CameraRegistry::Entry* entry = registry_.find(id);
  if (entry == nullptr) return std::nullopt;
  return describe(*entry);
}

void CameraViews::draw_pipeline(const std::string& id, Drawn done) {
  if (const auto* entry = registry_.find(id)) return entry->camera->draw(std::move(done));
  post([id, done = std::move(done)] { done(no_camera(id)); });
}

Result<Done> CameraViews::probe(const config::Camera& camera, Probed done) {
  return registry_.probe(camera, std::move(done));
}

void CameraViews::add_observer(CameraObserver& observer) { observers_.push_back(&observer); }

void CameraViews::remove_observer(CameraObserver& observer) { std::erase(observers_, &observer); }

template <typename Call> void CameraViews::notify(Call call) {
  const auto observers = observers_;
  for (CameraObserver* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end())
      call(*observer);
}

void CameraViews::on_camera_changed(const CameraRegistry::Entry& entry, CameraRegistry::Change) {
  if (observers_.empty()) return;
  notify([info = describe(entry)](CameraObserver& observer) { observer.on_camera_changed(info); });
}

void CameraViews::on_cameras_reordered() {
  notify([](CameraObserver& observer) { observer.on_cameras_replaced(); });
}

} // namespace fanlight::cameras
