#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "load/net/wire.h"

namespace fanlight::load {

/// Values as in DTLS (RFC 5764, section 4.1.2; RFC 7714, section 14.2).
enum class SrtpProfile : std::uint16_t { aes128_cm_sha1_80 = 1, aead_aes_128_gcm = 7 };

/// Master key and salt of one direction; the salt has 14 bytes, of which GCM uses 12.
struct SrtpMaster {
  std::array<std::uint8_t, 16> key;
  std::array<std::uint8_t, 14> salt;
};

struct SrtpKeys {
  SrtpProfile profile;
  SrtpMaster local;
  SrtpMaster remote;
};

/// Session keys for one direction, for RTP or RTCP (RFC 3711, section 4.3).
struct SrtpSession {
  std::array<std::uint8_t, 16> key;
  std::array<std::uint8_t, 14> salt;
  std::array<std::uint8_t, 20> authentication; ///< Only for AES-CM.

  static SrtpSession derive(const SrtpMaster& master, bool rtcp);
};

/// The SRTP of one viewer (RFC 3711, RFC 7714): incoming RTP and RTCP, outgoing RTCP.
///
/// It stores only keys. The threads' cipher contexts are keyed for every packet: thousands of
/// viewers decrypt few packets each, so memory matters more than speed. Does not detect replays.
class Srtp {
 public:
  explicit Srtp(const SrtpKeys& keys);

  SrtpProfile profile() const { return profile_; }
  /// Decrypts in place; returns the plain packet, or none if it is not authentic. `index` is the
  /// rollover counter followed by the sequence number; `header` the size of the RTP header with its
  /// extensions.
  std::optional<std::span<std::uint8_t>> open_rtp(std::span<std::uint8_t> packet,
                                                  std::size_t header, std::uint64_t index) const;
  std::optional<std::span<std::uint8_t>> open_rtcp(std::span<std::uint8_t> packet) const;
  /// Makes an RTCP packet an SRTCP packet.
  void seal_rtcp(std::vector<std::uint8_t>& packet);

 private:
  SrtpProfile profile_;
  SrtpSession rtp_in_;
  SrtpSession rtcp_in_;
  SrtpSession rtcp_out_;
  std::uint32_t sent_ = 0;
};

} // namespace fanlight::load
