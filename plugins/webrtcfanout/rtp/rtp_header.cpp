#include "webrtcfanout/rtp/rtp_header.h"

#include <cstring>
#include <utility>

namespace fanlight::fanout {
namespace {

/// Least and greatest playout delay in units of 10 ms, 12 bits each: with 0 and 100 ms, browsers
/// show frames as soon as they have them.
constexpr std::uint32_t kPlayoutDelay = 0 << 12 | 10;
constexpr std::size_t kMaxMid = 16; // The limit of the one-byte form.

} // namespace

RtpHeader::RtpHeader(int payload_type, std::uint32_t ssrc,
                     const std::vector<Offer::Extension>& extensions, const std::string& mid) {
  bytes_[0] = 0x80;
  bytes_[1] = static_cast<std::uint8_t>(payload_type);
  write_u32(&bytes_[8], ssrc);
  std::size_t at = 16;
  const auto begin = [&](int id, std::size_t length) {
    bytes_[at] = static_cast<std::uint8_t>(id << 4 | static_cast<int>(length - 1));
    return std::exchange(at, at + 1 + length) + 1;
  };
  for (const Offer::Extension& extension : extensions) {
    if (at + 1 + kMaxMid > kMaxSize) break;
    if (extension.uri == extension_uri::kMid && !mid.empty() && mid.size() <= kMaxMid)
      std::memcpy(&bytes_[begin(extension.id, mid.size())], mid.data(), mid.size());
    else if (extension.uri == extension_uri::kPlayoutDelay)
      write_u24(&bytes_[begin(extension.id, 3)], kPlayoutDelay);
    else if (extension.uri == extension_uri::kAbsSendTime && send_time_at_ == 0)
      send_time_at_ = static_cast<std::uint8_t>(begin(extension.id, 3));
    else if (extension.uri == extension_uri::kTransportCc && transport_at_ == 0)
      transport_at_ = static_cast<std::uint8_t>(begin(extension.id, 2));
  }
  if (at == 16) {
    size_ = 12;
    return;
  }
  const std::size_t words = (at - 16 + 3) / 4;
  bytes_[0] |= 0x10;
  write_u16(&bytes_[12], 0xbede);
  write_u16(&bytes_[14], static_cast<std::uint16_t>(words));
  size_ = static_cast<std::uint8_t>(16 + 4 * words);
}

void RtpHeader::write(std::uint8_t* out, const Fields& fields) const {
  std::memcpy(out, bytes_.data(), size_);
  if (fields.marker) out[1] |= 0x80;
  write_u16(out + 2, fields.sequence);
  write_u32(out + 4, fields.timestamp);
  if (send_time_at_ != 0) write_u24(out + send_time_at_, fields.send_time);
  if (transport_at_ != 0) write_u16(out + transport_at_, fields.transport_sequence);
}

} // namespace fanlight::fanout
