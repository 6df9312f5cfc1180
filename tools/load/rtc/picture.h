#pragma once

#include <cstdint>
#include <optional>

#include "config/config.h"
#include "load/net/wire.h"

namespace fanlight::load {

/// The fixed part of an RTP packet (RFC 3550, section 5.1), and where the payload is.
struct RtpHeader {
  std::uint8_t payload_type;
  bool marker;
  std::uint16_t sequence;
  std::uint32_t timestamp;
  std::uint32_t ssrc;
  std::size_t size; ///< With extensions.
};

/// Nothing when it is too short to be RTP.
std::optional<RtpHeader> read_rtp(Bytes packet);

/// Whether the payload begins parameter sets or a picture that needs no other (RFC 6184, RFC 7798).
bool starts_key_frame(config::VideoCodec codec, Bytes payload);

/// The time at which fanlight-camsim has sent the picture, CLOCK_REALTIME in µs: from its SEI (see
/// docs/camsim.md), where this payload holds it whole.
std::optional<std::uint64_t> find_send_time(config::VideoCodec codec, Bytes payload);

} // namespace fanlight::load
