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

/// How many lines one place may write: so many at once, and so many a second from then on.
struct Rate {
  unsigned burst;
  unsigned per_second;
};

/// What strangers can cause is written from places of their own: a burst holds two walls of 256
/// tiles in full, what comes after it is 10 lines a second of each kind.
constexpr Rate kRate{512, 10};
/// Of decisions, for those who asked for them.
constexpr Rate kDebugRate{2048, 100};
/// Of a library, all its places together: an element in trouble can say so once a packet.
constexpr Rate kLibraryRate{20, 20};

/// What was left out of one place's lines.
struct LeftOut {
  Level level = Level::info;
  std::string category;
  std::string like; ///< The beginning of the first of them, without credentials.
  std::uint64_t count = 0;
};

/// Counts the lines of each place and holds back what is too many. The clock is the caller's.
///
/// Threads: any.
class Limiter {
 public:
  /// Whether the line may be written. What may not is counted.
  bool pass(Place place, Rate rate, Level level, std::string_view category,
            std::string_view message, std::int64_t now_us);
  /// What was left out since this was last asked.
  std::vector<LeftOut> take();
  /// As if nothing had been written.
  void forget();

 private:
  struct Bucket {
    std::int64_t full_at_us = 0; ///< When its burst will be whole again.
    LeftOut left_out;
  };
  std::mutex mutex_; ///< Of buckets_.
  std::map<std::pair<std::string_view, unsigned>, Bucket> buckets_;
};

/// Forgets what this process has written so far, so that tests which share it do not depend on each
/// other.
void forget_rates();

} // namespace fanlight::log
