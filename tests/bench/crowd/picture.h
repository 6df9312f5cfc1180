#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace fanlight::crowd {

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
std::optional<RtpHeader> read_rtp(std::span<const std::uint8_t> packet);

/// Whether the payload begins parameter sets or a picture that needs no other (RFC 6184, RFC 7798).
bool starts_key_frame(const std::string& encoding, std::span<const std::uint8_t> payload);

} // namespace fanlight::crowd
