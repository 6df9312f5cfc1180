#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"

namespace fanlight::config {

/// Finds cameras of a list by their ids. A list has up to a thousand cameras; a search for each of
/// them would compare a million ids. Valid as long as the list does not change.
class CameraIndex {
 public:
  static constexpr std::size_t kNone = -1;

  explicit CameraIndex(const std::vector<Camera>& cameras) {
    places_.reserve(cameras.size());
    for (std::size_t at = 0; at < cameras.size(); ++at) places_.emplace(cameras[at].id, at);
  }
  /// The place in the list, or kNone.
  std::size_t find(const std::string& id) const {
    const auto found = places_.find(id);
    return found == places_.end() ? kNone : found->second;
  }
  bool contains(const std::string& id) const { return places_.contains(id); }

 private:
  std::unordered_map<std::string, std::size_t> places_;
};

} // namespace fanlight::config
