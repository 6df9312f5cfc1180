#include "config/diff.h"

#include <algorithm>
#include <optional>

#include "config/schema.h"

namespace fanlight::config {
namespace {

const Camera* find(const std::vector<Camera>& cameras, const std::string& id) {
  const auto found = std::find_if(cameras.begin(), cameras.end(),
                                  [&id](const Camera& camera) { return camera.id == id; });
  return found == cameras.end() ? nullptr : &*found;
}

/// The ids of `cameras` that are in `others`, too, in their order.
std::vector<std::string> common_ids(const std::vector<Camera>& cameras,
                                    const std::vector<Camera>& others) {
  std::vector<std::string> ids;
  for (const Camera& camera : cameras)
    if (find(others, camera.id) != nullptr) ids.push_back(camera.id);
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
  for (const Camera& camera : wanted.cameras) {
    const Camera* before = find(running.cameras, camera.id);
    const auto effect = before == nullptr ? std::nullopt : effect_of(*before, camera);
    auto& kind = before == nullptr         ? diff.added
                 : !effect                 ? diff.unchanged
                 : *effect == Effect::live ? diff.adjusted
                                           : diff.rebuilt;
    kind.push_back(camera.id);
  }
  for (const Camera& camera : running.cameras)
    if (find(wanted.cameras, camera.id) == nullptr) diff.removed.push_back(camera.id);
  diff.reordered =
      common_ids(running.cameras, wanted.cameras) != common_ids(wanted.cameras, running.cameras);

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
