#include "webrtcfanout/send/transport_estimate.h"

#include <algorithm>

namespace fanlight::fanout {
namespace {

/// The initial threshold of section 5.4.
constexpr std::int64_t kOveruseUs = 12'500;
/// A shorter span gives no rate.
constexpr std::int64_t kLeastSpanUs = 10'000;
constexpr std::uint64_t kLeastBytes = 4'000;

} // namespace

std::uint64_t TransportEstimate::on_feedback(const TransportFeedback& feedback) {
  const TransportFeedback::Packet* first = nullptr;
  const TransportFeedback::Packet* last = nullptr;
  std::uint64_t bytes = 0;
  const auto sent_as = [this](const TransportFeedback::Packet& packet) -> const Sent* {
    const Sent& sent = sent_[packet.sequence % sent_.size()];
    return sent.sequence == packet.sequence && sent.at_us != 0 ? &sent : nullptr;
  };
  for (const TransportFeedback::Packet& packet : feedback.packets) {
    const Sent* const sent = packet.received ? sent_as(packet) : nullptr;
    if (sent == nullptr) continue;
    if (first == nullptr)
      first = &packet;
    else
      bytes += sent->bytes; // The span begins when the first one arrives.
    last = &packet;
  }
  if (first == nullptr) return estimate_;
  const std::int64_t arrived = last->arrival_us - first->arrival_us;
  const std::int64_t sent = sent_as(*last)->at_us - sent_as(*first)->at_us;
  if (arrived < kLeastSpanUs || bytes < kLeastBytes) return estimate_;
  const std::uint64_t rate = bytes * 8'000'000 / static_cast<std::uint64_t>(arrived);
  delay_us_ += (arrived - sent - delay_us_) / 4;
  if (delay_us_ > kOveruseUs)
    estimate_ = rate * 85 / 100;
  else
    estimate_ = std::clamp(estimate_ + estimate_ / 12, rate, rate + rate / 2);
  return estimate_;
}

} // namespace fanlight::fanout
