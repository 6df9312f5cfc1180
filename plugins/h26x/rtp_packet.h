#pragma once

#include <cstdint>
#include <optional>

#include "h26x/nal_unit.h"

namespace fanlight::h26x {

/// What is used of an RTP packet (RFC 3550, section 5.1).
struct RtpPacket {
  std::uint16_t number = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::uint8_t payload_type = 0;
  Bytes payload;
};

/// Skips contributing sources, header extensions and padding. None: malformed.
std::optional<RtpPacket> read_rtp_packet(Bytes packet);

} // namespace fanlight::h26x
