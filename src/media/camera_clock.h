#pragma once

#include <cstdint>
#include <optional>

namespace fanlight::media {

/// What a camera does to the clock of its RTP timestamps, from the newest of them each second:
/// jumps are mended before the depayloader, where nobody behind it sees them. Main only.
class CameraClock {
 public:
  /// A connection begins, on a clock of its own.
  void begin() { seen_.reset(); }
  /// The newest `timestamp` (90 kHz, as video has it) at the moment `now_us`.
  void update(std::uint32_t timestamp, std::int64_t now_us);
  /// How often it was set, ahead or back by more than a second, since the first connection.
  std::uint64_t jumps() const { return jumps_; }

 private:
  struct Seen {
    std::uint32_t timestamp = 0;
    std::int64_t us = 0;
    std::int64_t owed_us = 0; ///< By which it is behind our clock: what a stall will bring at once.
  };
  std::optional<Seen> seen_;
  std::uint64_t jumps_ = 0;
};

} // namespace fanlight::media
