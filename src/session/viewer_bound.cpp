#include "session/viewer_bound.h"

#include <algorithm>

#include <glib.h>

#include "media/rtsp/connect_queue.h"

namespace fanlight::session {
namespace {

constexpr const char* kKey = "webrtc.max_webrtcbin_viewers";

/// Lowers `result` to the viewers that `bound` leaves room for.
void apply(const Bound& bound, std::uint32_t each, std::uint64_t kept, std::uint32_t configured,
           ViewerBound& result) {
  const std::uint64_t free = bound.left() > kept ? bound.left() - kept : 0;
  if (free / each >= result.viewers) return;
  result.viewers = static_cast<std::uint32_t>(free / each);
  const std::string is = bound.name + " is " + std::to_string(bound.limit);
  result.why = std::string{kKey} + " is " + std::to_string(configured) + ", but " + is;
  result.warning = "the server allows at most " + std::to_string(result.viewers) +
                   " viewers on webrtcbin instead of the " + std::to_string(configured) + " of " +
                   kKey + ": " + is + ", " + std::to_string(bound.used) + " are in use, " +
                   std::to_string(kept) +
                   " are reserved for cameras and clients, and each viewer needs " +
                   std::to_string(each) + "; " + bound.remedy;
}

} // namespace

Room server_room(std::uint32_t workers) {
  const std::uint32_t count = workers != 0 ? workers : std::max(g_get_num_processors(), 1U);
  return {.threads = count + 16, .descriptors = 4 * count + 32};
}

ViewerBound bound_viewers(std::uint32_t configured, std::size_t streams,
                          const std::vector<Bound>& bounds) {
  const Room camera = media::ConnectQueue::kRoom;
  ViewerBound result{.viewers = configured, .why = kKey, .warning = {}};
  for (const Bound& bound : bounds) {
    const bool threads = bound.of == Bound::Of::threads;
    const std::uint64_t kept = streams * (threads ? camera.threads : camera.descriptors) +
                               (threads ? kViewerSpare.threads : kViewerSpare.descriptors);
    apply(bound, threads ? kViewerRoom.threads : kViewerRoom.descriptors, kept, configured, result);
  }
  return result;
}

} // namespace fanlight::session
