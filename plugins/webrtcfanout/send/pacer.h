#pragma once

#include <algorithm>
#include <cstdint>

namespace fanlight::fanout {

/// How fast one viewer may be sent to: bursts are spread so that they do not overflow what lies
/// between, and a viewer whose network loses much is sent no more than it takes.
///
/// A token bucket in bytes. Threads: none of its own.
class Pacer {
 public:
  static constexpr std::uint64_t kLeastRate = 50'000'000; ///< Bit/s, of bursts on a sound network.
  static constexpr std::uint64_t kMostRate = 400'000'000;
  static constexpr std::int64_t kBurst = 64 * 1024; ///< Bytes that leave at once.
  /// A quarter of all packets lost is more than chance; RTT-independent, as loss-based control of
  /// WebRTC does it.
  static constexpr double kHeavyLoss = 0.25;
  static constexpr double kLightLoss = 0.05;

  /// What the streams need, in bit/s: bursts go at eight times of that, within the bounds above.
  void set_demand(std::uint64_t bits_per_second) { demand_ = bits_per_second; }

  /// Bytes that may leave now; 0 or less: none.
  std::int64_t allowance(std::int64_t now_us) {
    const std::int64_t elapsed = std::min<std::int64_t>(now_us - filled_us_, 1'000'000);
    if (elapsed > 0) {
      tokens_ = std::min<std::int64_t>(
          tokens_ + elapsed * static_cast<std::int64_t>(rate()) / 8'000'000, burst());
      filled_us_ = now_us;
    }
    return tokens_;
  }
  void spend(std::size_t bytes) { tokens_ -= static_cast<std::int64_t>(bytes); }

  /// A receiver report came: the share lost since the one before, what was received in that time
  /// and what the viewer estimates (0: says nothing), in bit/s.
  void on_report(double lost, std::uint64_t received_rate, std::uint64_t estimate);

  bool limited() const { return limit_ != 0; }
  std::uint64_t rate() const {
    const std::uint64_t free = std::clamp(8 * demand_, kLeastRate, kMostRate);
    return limit_ != 0 ? std::min(limit_, free) : free;
  }

 private:
  std::int64_t burst() const { return limit_ != 0 ? kBurst / 4 : kBurst; }

  std::uint64_t demand_ = 0;
  std::uint64_t limit_ = 0; ///< Bit/s; 0: none.
  int heavy_reports_ = 0;
  int light_reports_ = 0;
  std::int64_t tokens_ = kBurst;
  std::int64_t filled_us_ = 0;
};

} // namespace fanlight::fanout
