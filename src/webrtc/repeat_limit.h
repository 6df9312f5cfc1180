#pragma once

#include <array>
#include <cstdint>

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Which packets the viewer of a webrtcbin is sent again: each at most once a round trip and
/// kMostTimes in all.
///
/// GStreamer answers every request. Some receivers (pion, webrtc-rs) go on asking for a packet that
/// RTX has brought; others ask again because the repair was lost, too. The two look alike, so what
/// is sent more than once is limited to two fifths of what is sent again at all, which is what
/// repairs need where three of ten packets are lost. Threads: none of its own.
class RepeatLimit {
 public:
  static constexpr unsigned kMostTimes = 3; ///< That one packet is sent again.

  /// Whether to send it now; then it counts. `rtt_us`: 0 if not known.
  bool take(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_us, std::int64_t rtt_us);

 private:
  static constexpr int kRepeat = 5; ///< What a second or third time costs,
  static constexpr int kEarned = 2; ///< and a first one brings.
  static constexpr int kMostRepeats = 50;

  struct Packet {
    std::int64_t at_us = 0; ///< When it was sent again the last time.
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    unsigned times = 0; ///< How often.
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
