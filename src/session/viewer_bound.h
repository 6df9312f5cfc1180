#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/room.h"

namespace fanlight::session {

/// What a viewer on webrtcbin needs. Measured: 9 threads with sound (6 before it is connected), and
/// 12 descriptors on a machine with one network; each further address needs some more.
inline constexpr Room kViewerRoom{.threads = 10, .descriptors = 16};
/// What must remain for cameras that reconnect, viewers on webrtcfanout, clients, and other
/// processes under the same limit.
inline constexpr Room kViewerSpare{.threads = 64, .descriptors = 64};
/// What the first viewer of a camera on webrtcfanout needs; further viewers need no threads or
/// descriptors.
inline constexpr Room kFanoutRoom{.threads = 4, .descriptors = 0};
inline constexpr Room kFanoutSpare{.threads = 16, .descriptors = 0};

/// What the server itself needs with that many workers of webrtcfanout; 0: one per processor.
Room server_room(std::uint32_t workers);

/// How many viewers may be on webrtcbin at a time.
struct ViewerBound {
  std::uint32_t viewers = 0;
  std::string why;     ///< For refused viewers: the key, and the system's lower limit.
  std::string warning; ///< For the log, with the remedy; empty: the configured limit applies.
};

/// The configured limit, or what the system leaves room for besides `streams` streams of cameras.
ViewerBound bound_viewers(std::uint32_t configured, std::size_t streams,
                          const std::vector<Bound>& bounds);

} // namespace fanlight::session
