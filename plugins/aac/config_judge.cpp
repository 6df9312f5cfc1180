#include "aac/config_judge.h"

#include <utility>

namespace fanlight::aac {
namespace {

/// The channels of the element that a frame begins with; 0: another kind of element.
int channels_of(Bytes frame) {
  constexpr unsigned kSingle = 0;
  constexpr unsigned kPair = 1;
  if (frame.empty()) return 0;
  const unsigned element = frame[0] >> 5;
  return element == kSingle ? 1 : element == kPair ? 2 : 0;
}

} // namespace

ConfigJudge::ConfigJudge(std::optional<AudioConfig> described, int clock_rate, int channels)
    : described_(std::move(described)), clock_rate_(clock_rate), channels_(channels) {}

void ConfigJudge::see(Bytes frame, std::uint32_t timestamp, unsigned units) {
  if (config_) return;
  ++frames_;
  measure(timestamp, units);
  if (const int channels = channels_of(frame); channels != 0 && !seen_channels_) {
    channels_ = channels;
    seen_channels_ = true;
  }
  const bool agree = described_ && described_->rate == clock_rate_;
  if ((seen_channels_ && (agree || seen_rate_ != 0)) || frames_ >= kPatience) decide();
}

void ConfigJudge::measure(std::uint32_t timestamp, unsigned units) {
  const std::uint32_t passed = timestamp - last_timestamp_;
  const unsigned frames = std::exchange(last_units_, units);
  last_timestamp_ = timestamp;
  if (frames == 0 || passed == 0 || passed % frames != 0) {
    proofs_ = 0;
    return;
  }
  const std::uint32_t length = passed / frames;
  proofs_ = length == std::exchange(length_, length) ? proofs_ + 1 : 1;
  if (proofs_ < kProofs) return;
  const int frame = described_.value_or(AudioConfig{}).samples;
  if (described_ &&
      length == static_cast<std::uint32_t>(frame)) { // They count samples, whatever the clock is.
    seen_rate_ = described_->rate;
    return;
  }
  const std::int64_t samples = std::int64_t{frame} * clock_rate_;
  const std::int64_t rate = (samples + length / 2) / length;
  if (rate > 0 && rate <= 96000 && is_usual_rate(static_cast<int>(rate)))
    seen_rate_ = static_cast<int>(rate);
}

void ConfigJudge::decide() {
  const int likely_rate = seen_rate_ != 0 ? seen_rate_ : clock_rate_;
  if (!described_ && likely_rate > AudioConfig::kMostRate) return;
  AudioConfig config =
      described_.value_or(make_config(likely_rate, channels_ == 0 ? 1 : channels_));
  // Other layouts, and SBR, are not what a camera says by mistake.
  const bool plain = !config.sbr && config.type == AudioConfig::kLowComplexity &&
                     config.samples == AudioConfig{}.samples &&
                     (config.channels == 1 || config.channels == 2);
  const int channels = seen_channels_ ? channels_ : config.channels;
  const int rate = seen_rate_ != 0 ? seen_rate_ : config.rate;
  if (plain && (channels != config.channels || rate != config.rate))
    config = make_config(rate, channels);
  settle(config);
}

void ConfigJudge::settle(const AudioConfig& config) {
  if (!config_ || *config_ != config) config_ = std::make_shared<const AudioConfig>(config);
}

} // namespace fanlight::aac
