#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "bytes.h"

/// SRTP and SRTCP by OpenSSL (RFC 3711; AEAD: RFC 7714), for one who sends RTP and takes RTCP.
///
/// A session's contexts belong to one thread. Nothing is allocated per packet.
namespace fanlight::fanout {

/// Numbers of the DTLS extension use_srtp (RFC 5764, section 4.1.2; RFC 7714, section 14.2).
enum class SrtpProfile : std::uint16_t { aes128_cm_sha1_80 = 1, aead_aes_128_gcm = 7 };

/// Master key and salt of one direction; of the salt 14 bytes count with CM, 12 with GCM.
struct SrtpKey {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::array<std::uint8_t, 16> key{};
  std::array<std::uint8_t, 14> salt{};
};

/// Protects outgoing RTP of any number of SSRCs under one master key.
class RtpProtector {
 public:
  static std::unique_ptr<RtpProtector> create(const SrtpKey& key);
  ~RtpProtector();
  RtpProtector(const RtpProtector&) = delete;
  RtpProtector& operator=(const RtpProtector&) = delete;

  /// What protect() adds to a packet, in bytes: 16 with GCM, 10 with CM.
  std::size_t overhead() const;

  /// The hot path. Writes to `out` the header (with its extension: it stays in clear), the
  /// encrypted payload and the tag; returns the size, header.size() + payload.size() + overhead().
  /// `index` is the packet's extended sequence number, ROC * 65536 + SEQ (RFC 3711, section 3.3.1),
  /// for which the caller keeps one counter per SSRC and never uses a number twice. `out` may be
  /// where header and payload already lie behind each other.
  std::size_t protect(Bytes header, Bytes payload, std::uint64_t index, std::uint8_t* out);

 private:
  struct State;
  explicit RtpProtector(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Protects outgoing and checks incoming RTCP. Small: contexts of OpenSSL are not kept per viewer,
/// as RTCP is rare.
class RtcpProtector {
 public:
  static constexpr std::size_t kMaxOverhead = 4 + 16;

  RtcpProtector(const SrtpKey& sending, const SrtpKey& receiving);

  /// Encrypts the `size` bytes at the front of `packet` in place and appends index and tag;
  /// `packet` has kMaxOverhead bytes more than `size`. Returns the new size.
  std::size_t protect(MutableBytes packet, std::size_t size);

  /// Authenticates, checks against replay (a window of 128, RFC 3711, section 3.3.2) and decrypts
  /// in place. The size of the plain packet, or none: to be dropped.
  std::optional<std::size_t> unprotect(MutableBytes packet);

 private:
  struct Direction {
    SrtpProfile profile{};
    std::array<std::uint8_t, 16> key{};
    std::array<std::uint8_t, 20> auth{};
    std::array<std::uint8_t, 14> salt{};
  };
  static Direction derive(const SrtpKey& key);
  Direction out_;
  Direction in_;
  std::uint32_t sent_ = 0;              ///< Index of the last packet; 31 bits.
  std::uint32_t highest_ = 0;           ///< Received.
  std::array<std::uint64_t, 2> seen_{}; ///< Bit i: highest_ - i has come.
  bool any_ = false;
};

} // namespace fanlight::fanout
