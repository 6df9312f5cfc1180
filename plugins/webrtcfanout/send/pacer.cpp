#include "webrtcfanout/send/pacer.h"

namespace fanlight::fanout {
namespace {

/// How many consecutive reports are needed before a loss counts; they come about once a second.
constexpr int kConvincing = 3;
constexpr std::uint64_t kLeastLimit = 100'000;

} // namespace

void Pacer::on_report(double lost, std::uint64_t received_rate, std::uint64_t estimate) {
  heavy_reports_ = lost > kHeavyLoss ? heavy_reports_ + 1 : 0;
  light_reports_ = lost < kLightLoss ? light_reports_ + 1 : 0;
  if (heavy_reports_ >= kConvincing) {
    limit_ = std::max({received_rate, estimate < demand_ ? estimate : 0, kLeastLimit});
    heavy_reports_ = 0;
  } else if (limit_ != 0 && light_reports_ > 0) {
    limit_ += limit_ / 4;
    if (limit_ > 2 * std::max(demand_, kLeastLimit)) limit_ = 0;
  }
}

} // namespace fanlight::fanout
