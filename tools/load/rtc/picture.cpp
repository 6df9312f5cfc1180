#include "load/rtc/picture.h"

#include "camsim/picture/sei.h"

namespace fanlight::load {
namespace {

using config::VideoCodec;

bool is_h264_key(unsigned type) { return type == 5 || type == 7; }
bool is_h265_key(unsigned type) { return (type >= 16 && type <= 21) || type == 32 || type == 33; }

unsigned type_of(VideoCodec codec, Bytes unit) {
  return codec == VideoCodec::h265 ? unit[0] >> 1 & 0x3f : unit[0] & 0x1f;
}

/// The NAL units of a payload: those of an aggregate (RFC 6184, section 5.7.1; RFC 7798,
/// section 4.4.2), each with its size in front, or a single one, which may be a fragment.
void for_each_unit(VideoCodec codec, Bytes payload, const auto& visit) {
  const bool h265 = codec == VideoCodec::h265;
  const std::size_t header = h265 ? 2 : 1;
  if (payload.size() <= header) return;
  if (type_of(codec, payload) != (h265 ? 48 : 24)) return visit(payload);
  for (std::size_t at = header; at + 2 + header < payload.size();) {
    const std::size_t size = get16(payload, at);
    if (size <= header || size > payload.size() - at - 2) return;
    visit(payload.subspan(at + 2, size));
    at += 2 + size;
  }
}

bool begins_key(VideoCodec codec, Bytes unit) {
  const unsigned type = type_of(codec, unit);
  if (codec == VideoCodec::h265) {
    if (type != 49) return is_h265_key(type);
    return (unit[2] & 0x80) != 0 && is_h265_key(unit[2] & 0x3f);
  }
  if (type != 28) return is_h264_key(type);
  return (unit[1] & 0x80) != 0 && is_h264_key(unit[1] & 0x1f);
}

} // namespace

std::optional<RtpHeader> read_rtp(Bytes packet) {
  if (packet.size() < 12) return {};
  RtpHeader header{.payload_type = static_cast<std::uint8_t>(packet[1] & 0x7f),
                   .marker = (packet[1] & 0x80) != 0,
                   .sequence = get16(packet, 2),
                   .timestamp = get32(packet, 4),
                   .ssrc = get32(packet, 8),
                   .size = 12 + 4 * std::size_t{packet[0] & 0x0fU}};
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < header.size + 4) return {};
    header.size += 4 + 4 * std::size_t{get16(packet, header.size + 2)};
  }
  if (packet.size() < header.size) return {};
  return header;
}

bool starts_key_frame(VideoCodec codec, Bytes payload) {
  bool found = false;
  for_each_unit(codec, payload, [&](Bytes unit) { found |= begins_key(codec, unit); });
  return found;
}

std::optional<std::uint64_t> find_send_time(VideoCodec codec, Bytes payload) {
  std::optional<std::uint64_t> found;
  for_each_unit(codec, payload, [&](Bytes unit) {
    if (const auto stamp = camsim::read_send_stamp(codec, unit)) found = stamp->unix_us;
  });
  return found;
}

} // namespace fanlight::load
