#pragma once

#include <array>
#include <cstdint>

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Limits retransmissions to the viewer of a webrtcbin: each packet at most once per round trip and
/// at most kMostTimes.
///
/// GStreamer answers every request. Some receivers (pion, webrtc-rs) continue to request a packet
/// that RTX has delivered. Others request it again because the retransmission was lost, too. The
/// server cannot distinguish the two, so second and third retransmissions are at most two in five
/// of all: as many as repairs need at a loss of 30 %. The fan-out has the same rule (RepairBudget),
/// in a form that costs less memory for thousands of viewers. Threads: none of its own.
class RepeatLimit {
 public:
  static constexpr unsigned kMostTimes = 3; ///< Retransmissions of one packet.

  /// Whether to send the packet again now; if so, counts it. `rtt_us`: 0 if unknown.
  bool take(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_us, std::int64_t rtt_us);

 private:
  static constexpr int kRepeat = 5; ///< The cost of a second or third retransmission.
  static constexpr int kEarned = 2; ///< What a first retransmission earns.
  static constexpr int kMostRepeats = 50;

  struct Packet {
    std::int64_t at_us = 0; ///< Its last retransmission.
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    unsigned times = 0; ///< Its retransmissions.
  };
  std::array<Packet, 1024> recent_{}; ///< By the number: rtprtxsend keeps no more than that.
  int repeats_ = 2 * kRepeat;
};

/// The round trip to the viewer in microseconds, as its receiver reports tell; 0 if they do not.
/// `stats`: those of the rtpsession.
std::int64_t round_trip_us(const GstStructure* stats);

/// From now on `rtprtxsend`, an element of a webrtcbin, hears only of requests that a RepeatLimit
/// of its own lets pass. Any thread.
void limit_repeats(GstElement* rtprtxsend);

} // namespace fanlight::webrtc
