#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace fanlight::fanout {

/// Limits retransmissions for a viewer: each packet at most once per round trip and at most
/// kMostTimes, and all together at most half of the original data.
///
/// Some receivers (pion, webrtc-rs) continue to request a packet that has arrived by RTX, up to
/// thirty times. Others request it again because the retransmission was lost, too. The server
/// cannot distinguish the two, so second and third retransmissions are at most two in five of all:
/// as many as repairs need at a loss of 30 %. Threads: none of its own.
class RepairBudget {
 public:
  /// The initial budget, and the limit of the saved budget, in bytes.
  static constexpr std::int64_t kStart = 16 * 1024;
  static constexpr std::int64_t kMost = 512 * 1024;
  static constexpr unsigned kMostTimes = 3; ///< Retransmissions of one packet.

  /// Whether to send the packet again now; if so, counts it. `index`: ROC * 65536 + SEQ. `sent`:
  /// bytes of the stream so far, modulo 2^32. `rtt_us`: 0 if unknown.
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
    std::uint32_t at_ms : 30 {}; ///< Its last retransmission, modulo 2^30.
    std::uint32_t times : 2 {};  ///< Its retransmissions; 0: the place is free.
  };
  static_assert(kMostTimes < 4);
  static constexpr int kRepeat = 5; ///< The cost of a second or third retransmission.
  static constexpr int kEarned = 2; ///< What a first retransmission earns.
  static constexpr int kMostRepeats = 50;

  /// The packet, or a place for it: a free one, or that of the oldest retransmission.
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

  std::array<std::array<Packet, 4>, 32> recent_{}; ///< By the index; four packets share a place.
  std::int64_t bytes_ = kStart;
  std::uint32_t counted_ = 0;
  int repeats_ = 2 * kRepeat;
};

} // namespace fanlight::fanout
