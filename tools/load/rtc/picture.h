#pragma once

#include <cstdint>
#include <optional>

#include "config/config.h"
#include "load/net/wire.h"

namespace fanlight::load {

/// The fixed part of an RTP header (RFC 3550, section 5.1), and the position of the payload.
struct RtpHeader {
  std::uint8_t payload_type;
  bool marker;
  std::uint16_t sequence;
  std::uint32_t timestamp;
  std::uint32_t ssrc;
  std::size_t size; ///< Including extensions.
};

/// None if the packet is too short.
std::optional<RtpHeader> read_rtp(Bytes packet);

/// Whether the payload begins parameter sets or a key frame (RFC 6184, RFC 7798).
bool starts_key_frame(config::VideoCodec codec, Bytes payload);

/// When fanlight-camsim sent the frame, CLOCK_REALTIME in µs, from its SEI (docs/camsim.md); none
/// unless this payload contains the SEI completely.
std::optional<std::uint64_t> find_send_time(config::VideoCodec codec, Bytes payload);

} // namespace fanlight::load
