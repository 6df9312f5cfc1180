#pragma once

#include <algorithm>
#include <cstdint>

namespace fanlight::fanout {

/// Limits the rate for one viewer: spreads bursts so that they do not overflow buffers on the way,
/// and reduces the rate to what a network with much loss can carry.
///
/// A token bucket in bytes. Threads: none of its own.
class Pacer {
 public:
  static constexpr std::uint64_t kLeastRate = 50'000'000; ///< Bit/s, of bursts on a good network.
  static constexpr std::uint64_t kMostRate = 400'000'000;
  static constexpr std::int64_t kBurst = 64 * 1024; ///< Bytes that may be sent at once.
  /// A loss of a quarter of all packets is no accident; independent of the round trip, like
  /// WebRTC's loss-based control.
  static constexpr double kHeavyLoss = 0.25;
  static constexpr double kLightLoss = 0.05;

  /// The bit rate of the streams: bursts are sent at eight times that rate, within the limits
  /// above.
  void set_demand(std::uint64_t bits_per_second) { demand_ = bits_per_second; }

  /// Bytes that may be sent now; 0 or less: none.
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

  /// Handles a receiver report: the share of lost packets since the previous one, the received bit
  /// rate in that time, and the viewer's estimate (0: none), in bit/s.
  void on_report(double lost, std::uint64_t received_rate, std::uint64_t estimate);

  bool limited() const { return limit_ != 0; }
  std::uint64_t rate() const {
    const std::uint64_t free = std::clamp(8 * demand_, kLeastRate, kMostRate);
    return limit_ != 0 ? std::min(limit_, free) : free;
  }

 private:
  std::int64_t burst() const { return limit_ != 0 ? kBurst / 4 : kBurst; }

  std::uint64_t demand_ = 0;
  std::uint64_t limit_ = 0; ///< Bit/s; 0: no limit.
  int heavy_reports_ = 0;
  int light_reports_ = 0;
  std::int64_t tokens_ = kBurst;
  std::int64_t filled_us_ = 0;
};

} // namespace fanlight::fanout
