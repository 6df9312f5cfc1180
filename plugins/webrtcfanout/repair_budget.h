#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace fanlight::fanout {

/// Which packets a viewer is sent again: each at most once a round trip, and all together no more
/// than half of the stream's rate. Threads: none of its own.
class RepairBudget {
 public:
  static constexpr std::uint64_t kLeastRate = 500'000; ///< Bit/s.
  static constexpr std::int64_t kBurst = 128 * 1024;   ///< Bytes.

  /// Whether to send it now; then it counts. `rate`: of the stream, bit/s. `rtt_us`: 0 if not
  /// known.
  bool take(std::uint16_t sequence, std::size_t bytes, std::int64_t now_us, std::int64_t rtt_us,
            std::uint64_t rate) {
    Slot& slot = recent_[sequence % recent_.size()];
    const std::int64_t pause = std::clamp<std::int64_t>(rtt_us, 5'000, 200'000);
    if (slot.sequence == sequence && now_us - slot.at_us < pause) return false;
    const std::int64_t refill = std::max(rate / 2, kLeastRate) / 8;
    const std::int64_t elapsed = std::min<std::int64_t>(now_us - filled_us_, 1'000'000);
    tokens_ = std::min<std::int64_t>(tokens_ + elapsed * refill / 1'000'000, kBurst);
    filled_us_ = now_us;
    if (tokens_ < static_cast<std::int64_t>(bytes)) return false;
    tokens_ -= static_cast<std::int64_t>(bytes);
    slot = {now_us, sequence};
    return true;
  }

 private:
  struct Slot {
    std::int64_t at_us = -1'000'000'000;
    std::uint16_t sequence = 0;
  };
  std::array<Slot, 64> recent_{};
  std::int64_t tokens_ = kBurst;
  std::int64_t filled_us_ = 0;
};

} // namespace fanlight::fanout
