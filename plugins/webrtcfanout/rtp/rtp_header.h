#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/sdp/answer.h"

namespace fanlight::fanout {

/// The RTP header of one viewer's stream with the negotiated header extensions (one-byte form, RFC
/// 8285, section 4.2), written for each packet. Its size is constant, so that packets with payloads
/// of one size can be sent together.
class RtpHeader {
 public:
  static constexpr std::size_t kMaxSize = 12 + 4 + 64;

  RtpHeader() = default;
  RtpHeader(int payload_type, std::uint32_t ssrc, const std::vector<Offer::Extension>& extensions,
            const std::string& mid);

  struct Fields {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    bool marker = false;
    std::uint32_t send_time = 0;          ///< abs-send-time: 6.18 fixed point seconds.
    std::uint16_t transport_sequence = 0; ///< Transport-wide, over all streams of the viewer.
  };
  std::size_t size() const { return size_; }
  /// Writes size() bytes.
  void write(std::uint8_t* out, const Fields& fields) const;
  bool has_send_time() const { return send_time_at_ != 0; }
  bool has_transport_sequence() const { return transport_at_ != 0; }

 private:
  std::array<std::uint8_t, kMaxSize> bytes_{};
  std::uint8_t size_ = 0;
  std::uint8_t send_time_at_ = 0; ///< Position of the value; 0: not negotiated.
  std::uint8_t transport_at_ = 0;
};

/// The abs-send-time for microseconds of any steady clock.
inline std::uint32_t abs_send_time(std::int64_t now_us) {
  const auto us = static_cast<std::uint64_t>(now_us);
  return static_cast<std::uint32_t>(((us / 1'000'000 % 64) << 18) +
                                    ((us % 1'000'000 << 18) / 1'000'000));
}

} // namespace fanlight::fanout
