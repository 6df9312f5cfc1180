#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/room.h"

namespace fanlight::session {

/// What a viewer on webrtcbin takes: measured are 9 threads with sound (6 before it is connected),
/// and 12 descriptors on a machine with one network; each further address takes some more.
inline constexpr Room kViewerRoom{.threads = 10, .descriptors = 16};
/// What such a viewer must leave to cameras that reconnect, to viewers on the fanout, to clients,
/// and to other processes that the same bound holds for.
inline constexpr Room kViewerSpare{.threads = 64, .descriptors = 64};
/// What the first viewer of a camera on the fanout takes; the others take none of either.
inline constexpr Room kFanoutRoom{.threads = 4, .descriptors = 0};
inline constexpr Room kFanoutSpare{.threads = 16, .descriptors = 0};

/// What the server itself takes with so many workers of the fanout, 0: one per processor.
Room server_room(std::uint32_t workers);

/// How many viewers may be on webrtcbin at a time.
struct ViewerBound {
  std::uint32_t viewers = 0;
  std::string why;     ///< For who is refused: the key, and what of the system is below it.
  std::string warning; ///< For the log, with what to do; empty: it is as configured.
};

/// The configured bound, or what the system leaves room for beside `streams` of cameras.
ViewerBound bound_viewers(std::uint32_t configured, std::size_t streams,
                          const std::vector<Bound>& bounds);

} // namespace fanlight::session
