#pragma once

#include <cstdint>
#include <span>

namespace fanlight::support {

/// Tells a tone from noise, and from other tones: how much of the power of sound lies at one
/// frequency.
class ToneMeter {
 public:
  explicit ToneMeter(int hz) : hz_(hz) {}

  /// Samples of one channel, `step` apart.
  void take(std::span<const std::int16_t> samples, std::size_t step, int rate);
  /// The highest share in a tenth of a second so far, 0 to 1; silence has none.
  double share() const { return share_; }

 private:
  void begin(int rate);

  const int hz_;
  int rate_ = 0;
  int count_ = 0;
  double power_ = 0;
  double cosine_ = 0;
  double sine_ = 0;
  double share_ = 0;
};

} // namespace fanlight::support
