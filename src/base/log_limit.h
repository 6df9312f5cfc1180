#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"

namespace fanlight::log {

/// How many lines one place may write: a burst at once, and then a number per time.
struct Rate {
  unsigned burst;
  unsigned per_second;
  unsigned seconds = 1; ///< Not 1: so many lines in this many seconds.
};

/// For lines that strangers can cause. The burst covers two walls of 256 tiles.
constexpr Rate kRate{512, 10};
/// For lines of level debug.
constexpr Rate kDebugRate{2048, 100};
/// For all places of a library together: an element in trouble may log once per packet.
constexpr Rate kLibraryRate{20, 20};

/// For what GStreamer's elements also post as messages, of each place: whoever owns the pipeline
/// counts them and says so.
constexpr Rate kPostedRate{1, 1, 60};

/// The lines of one place that were left out.
struct LeftOut {
  Level level = Level::info;
  std::string category;
  std::string like; ///< The beginning of the first of these lines, without credentials.
  std::uint64_t count = 0;
};

/// Counts the lines of each place and holds back those above the rate. The caller provides the
/// clock.
///
/// Threads: any.
class Limiter {
 public:
  /// Whether the line may be written. Counts the line if not.
  bool pass(Place place, Rate rate, Level level, std::string_view category,
            std::string_view message, std::int64_t now_us);
  /// The lines left out since the last call.
  std::vector<LeftOut> take();
  /// Resets all counts.
  void forget();

 private:
  struct Bucket {
    std::int64_t full_at_us = 0; ///< When the burst is fully available again.
    LeftOut left_out;
  };
  std::mutex mutex_; ///< Of buckets_.
  std::map<std::pair<std::string_view, unsigned>, Bucket> buckets_;
};

/// Resets the counts of this process, so that tests in one process do not depend on each other.
void forget_rates();

} // namespace fanlight::log
