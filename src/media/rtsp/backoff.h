#pragma once

#include <algorithm>
#include <chrono>

#include <glib.h>

namespace fanlight::media {

/// Waiting times between attempts: they grow from 1 s to 60 s. Each varies by ±20 %, so that
/// cameras that failed together do not reconnect together. Main only.
class Backoff {
 public:
  std::chrono::milliseconds next() {
    const double now = base_ms_;
    base_ms_ = std::min(base_ms_ * 1.6, 60'000.0);
    return std::chrono::milliseconds{static_cast<int>(now * g_random_double_range(0.8, 1.2))};
  }
  void reset() { base_ms_ = 1000; }

 private:
  double base_ms_ = 1000;
};

} // namespace fanlight::media
