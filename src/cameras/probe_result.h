#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/reason.h"

namespace fanlight::cameras {

/// The result of a probe of one stream.
struct ProbeResult {
  struct Video {
    std::string codec; ///< "H264", "H265".
    int width = 0;
    int height = 0;
    double fps = 0;
    std::uint32_t gop_frames = 0;
    std::int64_t gop_ms = 0;
    std::uint64_t bitrate = 0; ///< bit/s.
    bool b_frames = false;
  };
  bool ok = false;
  Reason reason;      ///< For people: why the probe failed.
  double seconds = 0; ///< Duration of the probe.
  std::vector<Video> video;
  std::string audio; ///< As viewers would get it; empty: none.
};

using Probed = std::function<void(const ProbeResult&)>;

} // namespace fanlight::cameras
