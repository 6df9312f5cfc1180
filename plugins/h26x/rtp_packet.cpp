#include "h26x/rtp_packet.h"

namespace fanlight::h26x {
namespace {

std::uint16_t read_u16(Bytes bytes) { return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]); }

} // namespace

std::optional<RtpPacket> read_rtp_packet(Bytes packet) {
  constexpr std::size_t kHeader = 12;
  if (packet.size() < kHeader || packet[0] >> 6 != 2) return {};
  std::size_t begin = kHeader + 4 * (packet[0] & 15u);
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < begin + 4) return {};
    begin += 4 + 4 * std::size_t{read_u16(packet.subspan(begin + 2))};
  }
  std::size_t end = packet.size();
  if ((packet[0] & 0x20) != 0) {
    if (packet.back() == 0 || packet.back() > end) return {};
    end -= packet.back();
  }
  if (begin > end) return {};
  return RtpPacket{.number = read_u16(packet.subspan(2)),
                   .timestamp = static_cast<std::uint32_t>(read_u16(packet.subspan(4))) << 16 |
                                read_u16(packet.subspan(6)),
                   .marker = (packet[1] & 0x80) != 0,
                   .payload_type = static_cast<std::uint8_t>(packet[1] & 0x7f),
                   .payload = packet.subspan(begin, end - begin)};
}

} // namespace fanlight::h26x
