#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/main_loop.h"

namespace fanlight {

/// What is remembered of the last minute of a loop. Times are µs of any steady clock.
class LagRecord {
 public:
  struct Figures {
    double longest_turn_ms = 0; ///< In the last minute: what was due may have waited so long.
    double lag_p99_ms = 0;      ///< Of 100 timers, 99 were not later than this in the last minute.
    std::uint64_t turns = 0;    ///< Since the start.
    std::uint64_t long_turns = 0; ///< Of them, longer than kLong.
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

/// Measures how long the main loop is busy at a stretch, every turn of it, and how late a timer is;
/// logs turns of more than 250 ms, at most every ten seconds.
///
/// Threads: main only. Costs two looks at the clock in a turn.
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
  std::int64_t began_ = 0;   ///< Of the turn under way; 0: none.
  std::int64_t due_ = 0;     ///< When the timer was to run.
  std::int64_t longest_ = 0; ///< Of the long turns that were not logged yet.
  std::uint64_t logged_ = 0; ///< Long turns that were.
  std::int64_t logged_at_ = 0;
  Timer timer_;
};

} // namespace fanlight
