#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/main_loop.h"

namespace fanlight {

/// Statistics of a loop over the last minute. Times are µs of any steady clock.
class LagRecord {
 public:
  struct Figures {
    double longest_turn_ms = 0;   ///< In the last minute: how long other work may have waited.
    double lag_p99_ms = 0;        ///< 99 of 100 timers were at most this late in the last minute.
    std::uint64_t turns = 0;      ///< Since the start.
    std::uint64_t long_turns = 0; ///< Turns longer than kLong.
  };
  static constexpr std::int64_t kLong = 250'000;

  void turn(std::int64_t now, std::int64_t length);
  void timer(std::int64_t now, std::int64_t late_by);
  Figures figures(std::int64_t now) const;

 private:
  static constexpr std::size_t kSeconds = 60;
  static constexpr std::size_t kSamples = 600;
  struct Second {
    std::int64_t number = -1;
    std::int64_t longest = 0;
  };
  struct Sample {
    std::int64_t at = -1;
    std::int64_t late_by = 0;
  };
  std::array<Second, kSeconds> seconds_; ///< A ring.
  std::array<Sample, kSamples> samples_; ///< A ring.
  std::size_t next_sample_ = 0;
  std::uint64_t turns_ = 0;
  std::uint64_t long_turns_ = 0;
};

/// Measures how long each turn of the main loop takes and how late a timer is. Logs turns of more
/// than 250 ms, at most every ten seconds.
///
/// Threads: main only. Costs two reads of the clock per turn.
class LoopLag {
 public:
  LoopLag();
  ~LoopLag();
  LoopLag(const LoopLag&) = delete;
  LoopLag& operator=(const LoopLag&) = delete;

  LagRecord::Figures figures() const { return record_.figures(g_get_monotonic_time()); }

 private:
  struct Source;
  void turn_begins();
  void turn_ends();
  void tick();
  void warn(std::int64_t now);

  LagRecord record_;
  GSource* source_ = nullptr;
  std::int64_t began_ = 0;   ///< When the current turn began; 0: none runs.
  std::int64_t due_ = 0;     ///< When the timer was due.
  std::int64_t longest_ = 0; ///< The longest turn that was not logged yet.
  std::uint64_t logged_ = 0; ///< Number of long turns that were logged.
  std::int64_t logged_at_ = 0;
  Timer timer_;
};

} // namespace fanlight
