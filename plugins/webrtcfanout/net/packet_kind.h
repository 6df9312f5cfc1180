#pragma once

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// The kind of a packet on a port that ICE, DTLS and SRTP share (RFC 7983, section 7; RTP and RTCP
/// are distinguished by RFC 5761, section 4).
enum class PacketKind { stun, dtls, rtp, rtcp, unknown };

inline PacketKind kind_of(Bytes datagram) {
  if (datagram.size() < 2) return PacketKind::unknown;
  const std::uint8_t first = datagram[0];
  if (first <= 3) return PacketKind::stun;
  if (first >= 20 && first <= 63) return PacketKind::dtls;
  if (first < 128 || first > 191) return PacketKind::unknown;
  return datagram[1] >= 192 && datagram[1] <= 223 ? PacketKind::rtcp : PacketKind::rtp;
}

} // namespace fanlight::fanout
