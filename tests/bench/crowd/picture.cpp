#include "picture.h"

#include "wire.h"

namespace fanlight::crowd {
namespace {

bool is_h264_key(unsigned type) { return type == 5 || type == 7; }
bool is_h265_key(unsigned type) { return (type >= 16 && type <= 21) || type == 32 || type == 33; }

} // namespace

std::optional<RtpHeader> read_rtp(std::span<const std::uint8_t> packet) {
  if (packet.size() < 12) return std::nullopt;
  RtpHeader header{.payload_type = static_cast<std::uint8_t>(packet[1] & 0x7f),
                   .marker = (packet[1] & 0x80) != 0,
                   .sequence = get16(packet, 2),
                   .timestamp = get32(packet, 4),
                   .ssrc = get32(packet, 8),
                   .size = 12 + 4 * std::size_t{packet[0] & 0x0fU}};
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < header.size + 4) return std::nullopt;
    header.size += 4 + 4 * std::size_t{get16(packet, header.size + 2)};
  }
  if (packet.size() < header.size) return std::nullopt;
  return header;
}

bool starts_key_frame(const std::string& encoding, std::span<const std::uint8_t> payload) {
  if (payload.size() < 4) return false;
  if (encoding == "H265") {
    const unsigned type = payload[0] >> 1 & 0x3f;
    if (type == 48) return is_h265_key(payload[4] >> 1 & 0x3f);
    if (type == 49) return (payload[2] & 0x80) != 0 && is_h265_key(payload[2] & 0x3f);
    return is_h265_key(type);
  }
  const unsigned type = payload[0] & 0x1f;
  // Of what is aggregated, parameter sets come first; but an access unit delimiter may lead.
  if (type == 24) {
    for (std::size_t at = 1; at + 2 < payload.size(); at += 2 + get16(payload, at))
      if (is_h264_key(payload[at + 2] & 0x1f)) return true;
    return false;
  }
  if (type == 28) return (payload[1] & 0x80) != 0 && is_h264_key(payload[1] & 0x1f);
  return is_h264_key(type);
}

} // namespace fanlight::crowd
