#pragma once

#include <array>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

// The initial vector of a packet's key stream. For RTP, `index` is the 48-bit extended sequence
// number, for RTCP the 31-bit index.

using SrtpSalt = std::array<std::uint8_t, 14>;

/// RFC 7714, sections 8.1 and 9.1: two zero bytes, SSRC and index, under the salt.
inline std::array<std::uint8_t, 12> gcm_iv(const SrtpSalt& salt, std::uint32_t ssrc,
                                           std::uint64_t index) {
  std::array<std::uint8_t, 12> iv{salt[0], salt[1]};
  write_u32(&iv[2], read_u32(&salt[2]) ^ ssrc);
  write_u16(&iv[6], static_cast<std::uint16_t>(read_u16(&salt[6]) ^ index >> 32));
  write_u32(&iv[8], read_u32(&salt[8]) ^ static_cast<std::uint32_t>(index));
  return iv;
}

/// RFC 3711, section 4.1.1: salt * 2^16 ^ SSRC * 2^64 ^ index * 2^16.
inline std::array<std::uint8_t, 16> cm_iv(const SrtpSalt& salt, std::uint32_t ssrc,
                                          std::uint64_t index) {
  std::array<std::uint8_t, 16> iv{salt[0], salt[1], salt[2], salt[3]};
  write_u32(&iv[4], read_u32(&salt[4]) ^ ssrc);
  write_u16(&iv[8], static_cast<std::uint16_t>(read_u16(&salt[8]) ^ index >> 32));
  write_u32(&iv[10], read_u32(&salt[10]) ^ static_cast<std::uint32_t>(index));
  return iv;
}

} // namespace fanlight::fanout
