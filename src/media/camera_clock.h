#pragma once

#include <cstdint>
#include <optional>

namespace fanlight::media {

/// Counts the jumps of a camera's RTP clock, from its newest timestamp once per second. The
/// elements before the depayloader correct these jumps, so no element behind it sees them. Main
/// only.
class CameraClock {
 public:
  /// A connection begins; it has a clock of its own.
  void begin() { seen_.reset(); }
  /// `timestamp` is the newest one (90 kHz, as for all video) at the time `now_us`.
  void update(std::uint32_t timestamp, std::int64_t now_us);
  /// How often the clock jumped by more than a second, forwards or backwards, since the first
  /// connection.
  std::uint64_t jumps() const { return jumps_; }

 private:
  struct Seen {
    std::uint32_t timestamp = 0;
    std::int64_t us = 0;
    /// How far it is behind our clock: a stall ends with a burst of that length.
    std::int64_t owed_us = 0;
  };
  std::optional<Seen> seen_;
  std::uint64_t jumps_ = 0;
};

} // namespace fanlight::media
