#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace fanlight::fanout {

/// Limits retransmissions for a viewer: each packet at most once per round trip, and all together
/// at most half of the original data. Threads: none of its own.
class RepairBudget {
 public:
  /// The initial budget, and the limit of the saved budget, in bytes.
  static constexpr std::int64_t kStart = 16 * 1024;
  static constexpr std::int64_t kMost = 512 * 1024;

  /// Whether to send the packet again now; if so, counts it. `sent`: bytes of the stream so far,
  /// modulo 2^32. `rtt_us`: 0 if unknown.
  bool take(std::uint16_t sequence, std::size_t bytes, std::int64_t now_us, std::int64_t rtt_us,
            std::uint32_t sent) {
    Slot& slot = recent_[sequence % recent_.size()];
    const std::int64_t pause = std::clamp<std::int64_t>(rtt_us, 5'000, 200'000);
    if (slot.sequence == sequence && now_us - slot.at_us < pause) return false;
    bytes_ = std::min<std::int64_t>(bytes_ + (sent - counted_) / 2, kMost);
    counted_ = sent;
    if (bytes_ < static_cast<std::int64_t>(bytes)) return false;
    bytes_ -= static_cast<std::int64_t>(bytes);
    slot = {now_us, sequence};
    return true;
  }

 private:
  struct Slot {
    std::int64_t at_us = -1'000'000'000;
    std::uint16_t sequence = 0;
  };
  std::array<Slot, 64> recent_{};
  std::int64_t bytes_ = kStart;
  std::uint32_t counted_ = 0;
};

} // namespace fanlight::fanout
