#include "camsim/picture/tone.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fanlight::camsim {
namespace {

constexpr double kToneLevel = 0.06; // About -24 dBFS: audible, but bearable on four tiles at once.
constexpr double kBeepLevel = 0.22;
constexpr double kBeepSeconds = 0.1;
constexpr double kFadeSeconds = 0.005; // Avoids clicks.
constexpr int kBeepHz = 1760;

double beep_level(double second) {
  if (second >= kBeepSeconds) return 0;
  const double edge = std::min(second, kBeepSeconds - second);
  return kBeepLevel * std::min(1.0, edge / kFadeSeconds);
}

} // namespace

int tone_of(const std::string& label) {
  std::uint32_t hash = 2166136261u; // FNV-1a
  for (const char c : label) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return 300 + static_cast<int>(hash % 30) * 20;
}

std::vector<std::int16_t> make_tone(int tone, int rate, std::int64_t first, std::size_t count) {
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t position = first + static_cast<std::int64_t>(i);
    const std::int64_t in_second = (position % rate + rate) % rate;
    const double t = static_cast<double>(in_second) / rate;
    const double value = kToneLevel * std::sin(2 * std::numbers::pi * tone * t) +
                         beep_level(t) * std::sin(2 * std::numbers::pi * kBeepHz * t);
    samples[i] = static_cast<std::int16_t>(std::lround(value * 32767));
  }
  return samples;
}

} // namespace fanlight::camsim
