#include "lip_sync.h"

#include <algorithm>
#include <cstdlib>

namespace fanlight::direct {

void LipSync::note(std::size_t stream, GstClockTime camera, GstClockTime running) {
  streams_[stream].delay =
      static_cast<GstClockTimeDiff>(running) - static_cast<GstClockTimeDiff>(camera);
  const auto by_delay = [](const auto& a, const auto& b) {
    return a.second.delay < b.second.delay;
  };
  const auto [least, most] = std::minmax_element(streams_.begin(), streams_.end(), by_delay);
  const GstClockTimeDiff latest = most->second.delay;
  const bool related = latest - least->second.delay <= kMost;
  for (auto& [number, one] : streams_) {
    const GstClockTimeDiff offset = related ? latest - one.delay : 0;
    if (std::abs(offset - one.offset) >= kLeast) one.offset = offset;
  }
}

GstClockTimeDiff LipSync::offset(std::size_t stream) const {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? 0 : found->second.offset;
}

} // namespace fanlight::direct
