#include "config/diff.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "config/camera_index.h"
#include "config/schema.h"

namespace fanlight::config {
namespace {

/// The ids of `cameras` that are in `others`, too, in their order.
std::vector<std::string> common_ids(const std::vector<Camera>& cameras, const CameraIndex& others) {
  std::vector<std::string> ids;
  for (const Camera& camera : cameras)
    if (others.contains(camera.id)) ids.push_back(camera.id);
  return ids;
}

/// None: no difference. A difference outside the keys counts as the most expensive one.
std::optional<Effect> effect_of(const Camera& before, const Camera& after) {
  if (before == after) return std::nullopt;
  std::vector<Change> changes;
  list_changes(before, after, "", changes);
  const auto costs_less = [](const Change& one, const Change& other) {
    return one.effect < other.effect;
  };
  const auto worst = std::max_element(changes.begin(), changes.end(), costs_less);
  return worst == changes.end() ? Effect::rebuild : worst->effect;
}

} // namespace

bool same_media(const Camera& one, const Camera& other) {
  return effect_of(one, other).value_or(Effect::live) == Effect::live;
}

Config without_restart(const Config& running, Config wanted) {
  keep_running(running, wanted);
  return wanted;
}

Diff compare(const Config& running, const Config& wanted) {
  Diff diff;
  const CameraIndex running_ids(running.cameras);
  const CameraIndex wanted_ids(wanted.cameras);
  for (const Camera& camera : wanted.cameras) {
    const std::size_t before = running_ids.find(camera.id);
    const bool is_new = before == CameraIndex::kNone;
    const auto effect = is_new ? std::nullopt : effect_of(running.cameras[before], camera);
    auto& kind = is_new                    ? diff.added
                 : !effect                 ? diff.unchanged
                 : *effect == Effect::live ? diff.adjusted
                                           : diff.rebuilt;
    kind.push_back(camera.id);
  }
  for (const Camera& camera : running.cameras)
    if (!wanted_ids.contains(camera.id)) diff.removed.push_back(camera.id);
  diff.reordered =
      common_ids(running.cameras, wanted_ids) != common_ids(wanted.cameras, running_ids);

  std::vector<Change> changes;
  list_changes(running, wanted, "", changes);
  for (const Change& change : changes)
    if (change.effect == Effect::restart)
      diff.needs_restart.push_back(change.key);
    else
      diff.taken_over.push_back(change.key + ' ' + change.text);
  return diff;
}

} // namespace fanlight::config
