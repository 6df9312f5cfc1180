#pragma once

#include <array>
#include <cstdint>

#include "webrtcfanout/rtp/rtcp.h"

namespace fanlight::fanout {

/// Estimates the bandwidth to a viewer from its transport-wide feedback.
///
/// Follows draft-ietf-rmcat-gcc-02, without its filters: while the delay of packets grows, the
/// estimate is the rate at which they arrive; otherwise it grows from there. Threads: none of its
/// own.
class TransportEstimate {
 public:
  void sent(std::uint16_t sequence, std::size_t bytes, std::int64_t now_us) {
    sent_[sequence % sent_.size()] = {now_us, static_cast<std::uint16_t>(bytes), sequence};
  }
  /// The estimate in bit/s; 0: none yet.
  std::uint64_t on_feedback(const TransportFeedback& feedback);

 private:
  struct Sent {
    std::int64_t at_us = 0;
    std::uint16_t bytes = 0;
    std::uint16_t sequence = 0;
  };
  std::array<Sent, 512> sent_{};
  std::int64_t delay_us_ = 0; ///< Smoothed growth of the delay.
  std::uint64_t estimate_ = 0;
};

} // namespace fanlight::fanout
