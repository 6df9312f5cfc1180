#include "tone_meter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fanlight::support {

void ToneMeter::begin(int rate) {
  rate_ = rate;
  count_ = 0;
  power_ = cosine_ = sine_ = 0;
}

void ToneMeter::take(std::span<const std::int16_t> samples, std::size_t step, int rate) {
  constexpr double kSilence = 100; // Of a sample, as power: -70 dB.
  if (rate != rate_) begin(rate);
  for (std::size_t i = 0; i < samples.size(); i += step) {
    const double value = samples[i];
    const double angle = 2 * std::numbers::pi * hz_ * count_ / rate_;
    power_ += value * value;
    cosine_ += value * std::cos(angle);
    sine_ += value * std::sin(angle);
    if (++count_ < rate_ / 10) continue;
    // A pure tone of amplitude A has sums of A * n / 2, and a power of n * A * A / 2.
    const double tone = 2 * (cosine_ * cosine_ + sine_ * sine_) / count_;
    if (power_ > kSilence * count_) share_ = std::max(share_, tone / power_);
    begin(rate_);
  }
}

} // namespace fanlight::support
