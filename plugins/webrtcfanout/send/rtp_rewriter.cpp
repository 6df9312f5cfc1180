#include "webrtcfanout/send/rtp_rewriter.h"

#include <algorithm>

namespace fanlight::fanout {

RtpRewriter::RtpRewriter(std::uint16_t first_sequence, std::uint32_t timestamp_offset)
    : next_(first_sequence), first_(first_sequence), offset_(timestamp_offset) {}

void RtpRewriter::begin(const Frame& start, const Frame& newest, std::uint32_t interval,
                        int clock_rate) {
  const std::uint64_t older = newest.number - start.number;
  Run run{start.first_packet, newest.number, newest.timestamp, usual_step(clock_rate)};
  if (last_timestamp_) {
    // After the last sent timestamp: in the room before the newest frame, or in half of the
    // distance to the next one.
    const std::uint32_t last = *last_timestamp_ - offset_;
    auto room = static_cast<std::int32_t>(newest.timestamp - last);
    if (room <= static_cast<std::int64_t>(older)) {
      room = static_cast<std::int32_t>(std::max<std::uint64_t>(interval / 2, older + 1));
      run.edge_timestamp = last + static_cast<std::uint32_t>(room);
      run.ahead = true;
    }
    run.step = std::clamp<std::uint32_t>(
        static_cast<std::uint32_t>(static_cast<std::uint64_t>(room) / (older + 1)), 1, run.step);
  }
  newest_ = count_ == 0 ? 0 : (newest_ + 1) % kRuns;
  count_ = std::min(count_ + 1, kRuns);
  runs_[newest_] = run;
  base_[newest_] = next_;
}

void RtpRewriter::change_clock(const Frame& here, const Frame& there, int clock_rate) {
  const auto later = static_cast<std::int64_t>(there.ntp - here.ntp);
  // From units of 2^-32 s to 2^-16 s, so that the product does not overflow.
  const std::int64_t ticks = (later >> 16) * clock_rate >> 16;
  offset_ += here.timestamp + static_cast<std::uint32_t>(ticks) - there.timestamp;
  count_ = 0;
}

std::uint32_t RtpRewriter::timestamp_of(const Frame& frame, const Run& run) const {
  if (frame.number <= run.edge_frame)
    return run.edge_timestamp -
           static_cast<std::uint32_t>(run.edge_frame - frame.number) * run.step + offset_;
  const std::uint64_t behind = frame.number - run.edge_frame;
  if (run.ahead && behind < kOvertaken) {
    // A long group may have needed more room than there is before the next frame.
    const std::uint32_t least = run.edge_timestamp + static_cast<std::uint32_t>(behind);
    if (static_cast<std::int32_t>(frame.timestamp - least) < 0) return least + offset_;
  }
  return frame.timestamp + offset_;
}

std::optional<RtpRewriter::Sent> RtpRewriter::find(std::uint16_t sequence) const {
  if (next_ == first_) return std::nullopt;
  const std::uint64_t last = next_ - 1;
  const std::uint64_t back = static_cast<std::uint16_t>(last - sequence);
  if (back > last - first_) return std::nullopt;
  const std::uint64_t index = last - back;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t at = (newest_ + kRuns - i) % kRuns;
    if (index >= base_[at])
      return Sent{runs_[at].first_packet + (index - base_[at]), index, &runs_[at]};
  }
  return std::nullopt;
}

} // namespace fanlight::fanout
