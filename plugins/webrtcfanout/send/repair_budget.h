#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace fanlight::fanout {

/// Which packets a viewer is sent again: each at most once a round trip and kMostTimes in all, and
/// all together no more than half of what it was sent in the first place.
///
/// Some receivers (pion, webrtc-rs) go on asking for a packet that RTX has brought, some thirty
/// times. Others ask again because the repair was lost, too. The two look alike, so what is sent
/// more than once is limited to a share of what is sent again at all: two in five, which is what
/// repairs need where three of ten packets are lost. Threads: none of its own.
class RepairBudget {
 public:
  /// What may be sent again before anything was earned, and what is saved of what was, in bytes.
  static constexpr std::int64_t kStart = 16 * 1024;
  static constexpr std::int64_t kMost = 512 * 1024;
  static constexpr unsigned kMostTimes = 3; ///< That one packet is sent again.

  /// Whether to send it now; then it counts. `index`: ROC * 65536 + SEQ. `sent`: bytes of the
  /// stream so far, modulo 2^32. `rtt_us`: 0 if not known.
  bool take(std::uint64_t index, std::size_t bytes, std::int64_t now_us, std::int64_t rtt_us,
            std::uint32_t sent) {
    bytes_ = std::min<std::int64_t>(bytes_ + (sent - counted_) / 2, kMost);
    counted_ = sent;
    const auto now_ms = static_cast<std::uint32_t>(now_us / 1000) & kTimeMask;
    Packet& packet = find(static_cast<std::uint32_t>(index), now_ms);
    const std::int64_t pause_ms = std::clamp<std::int64_t>(rtt_us, 5'000, 200'000) / 1000;
    const bool again = packet.times > 0;
    if (again && (packet.times == kMostTimes || repeats_ < kRepeat ||
                  ((now_ms - packet.at_ms) & kTimeMask) < pause_ms))
      return false;
    if (bytes_ < static_cast<std::int64_t>(bytes)) return false;
    bytes_ -= static_cast<std::int64_t>(bytes);
    repeats_ = again ? repeats_ - kRepeat : std::min(repeats_ + kEarned, kMostRepeats);
    packet.at_ms = now_ms;
    ++packet.times;
    return true;
  }

 private:
  static constexpr std::uint32_t kTimeMask = (1U << 30) - 1;
  struct Packet {
    std::uint32_t index = 0;     ///< Its lower half.
    std::uint32_t at_ms : 30 {}; ///< When it was sent again the last time, modulo 2^30.
    std::uint32_t times : 2 {};  ///< How often; 0: the place is free.
  };
  static_assert(kMostTimes < 4);
  static constexpr int kRepeat = 5; ///< What a second or third time costs,
  static constexpr int kEarned = 2; ///< and a first one brings.
  static constexpr int kMostRepeats = 50;

  /// The packet, or a place for it: a free one, or that of the one that was sent longest ago.
  Packet& find(std::uint32_t index, std::uint32_t now_ms) {
    auto& places = recent_[index % recent_.size()];
    Packet* place = &places[0];
    const auto age = [&](const Packet& packet) {
      return packet.times == 0 ? kTimeMask : (now_ms - packet.at_ms) & kTimeMask;
    };
    for (Packet& packet : places) {
      if (packet.times > 0 && packet.index == index) return packet;
      if (age(packet) > age(*place)) place = &packet;
    }
    *place = {};
    place->index = index;
    return *place;
  }

  std::array<std::array<Packet, 4>, 32> recent_{}; ///< By the number; four share a place.
  std::int64_t bytes_ = kStart;
  std::uint32_t counted_ = 0;
  int repeats_ = 2 * kRepeat;
};

} // namespace fanlight::fanout
