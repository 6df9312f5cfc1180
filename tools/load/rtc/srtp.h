#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "load/net/wire.h"

namespace fanlight::load {

/// By their numbers in DTLS (RFC 5764, section 4.1.2; RFC 7714, section 14.2).
enum class SrtpProfile : std::uint16_t { aes128_cm_sha1_80 = 1, aead_aes_128_gcm = 7 };

/// One direction's master key, and salt: 14 bytes, of which GCM has 12 and zeros.
struct SrtpMaster {
  std::array<std::uint8_t, 16> key;
  std::array<std::uint8_t, 14> salt;
};

struct SrtpKeys {
  SrtpProfile profile;
  SrtpMaster local;
  SrtpMaster remote;
};

/// What a master key becomes for one direction and one of RTP and RTCP (RFC 3711, section 4.3).
struct SrtpSession {
  std::array<std::uint8_t, 16> key;
  std::array<std::uint8_t, 14> salt;
  std::array<std::uint8_t, 20> authentication; ///< Of AES-CM only.

  static SrtpSession derive(const SrtpMaster& master, bool rtcp);
};

/// One viewer's SRTP (RFC 3711, RFC 7714): incoming RTP and RTCP, outgoing RTCP.
///
/// It holds keys alone. Contexts of the cipher are the process's and take the keys anew for every
/// packet: thousands of viewers open few packets each, so memory counts and speed does not.
/// Replays are not looked for.
class Srtp {
 public:
  explicit Srtp(const SrtpKeys& keys);

  SrtpProfile profile() const { return profile_; }
  /// Decrypts in place; the plain packet, or nothing when it is not authentic. `index` is the
  /// sequence number with the rollover counter before it, `header` the size of the RTP header with
  /// its extensions.
  std::optional<std::span<std::uint8_t>> open_rtp(std::span<std::uint8_t> packet,
                                                  std::size_t header, std::uint64_t index) const;
  std::optional<std::span<std::uint8_t>> open_rtcp(std::span<std::uint8_t> packet) const;
  /// Appends what makes it SRTCP.
  void seal_rtcp(std::vector<std::uint8_t>& packet);

 private:
  SrtpProfile profile_;
  SrtpSession rtp_in_;
  SrtpSession rtcp_in_;
  SrtpSession rtcp_out_;
  std::uint32_t sent_ = 0;
};

} // namespace fanlight::load
