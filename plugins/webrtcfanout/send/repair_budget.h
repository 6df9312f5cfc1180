#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace fanlight::fanout {

/// Which packets a viewer is sent again: each at most once a round trip, and all together no more
/// than half of what it was sent in the first place. Threads: none of its own.
class RepairBudget {
 public:
  /// What may be sent again before anything was earned, and what is saved of what was, in bytes.
  static constexpr std::int64_t kStart = 16 * 1024;
  static constexpr std::int64_t kMost = 512 * 1024;

  /// Whether to send it now; then it counts. `sent`: bytes of the stream so far, modulo 2^32.
  /// `rtt_us`: 0 if not known.
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
