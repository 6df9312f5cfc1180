#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "webrtcfanout/base/bytes.h"

/// SRTP and SRTCP by OpenSSL (RFC 3711; AEAD: RFC 7714), for one who sends RTP and takes RTCP.
///
/// Threads: one at a time, any. No RTP packet allocates anything.
namespace fanlight::fanout {

/// Numbers of the DTLS extension use_srtp (RFC 5764, section 4.1.2; RFC 7714, section 14.2).
enum class SrtpProfile : std::uint16_t { aes128_cm_sha1_80 = 1, aead_aes_128_gcm = 7 };

/// Master key and salt of one direction; of the salt 14 bytes count with CM, 12 with GCM.
struct SrtpKey {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::array<std::uint8_t, 16> key{};
  std::array<std::uint8_t, 14> salt{};
};

/// What packets are protected with, derived from an SrtpKey (RFC 3711, section 4.3; RFC 7714,
/// section 11): one for RTP, another for RTCP.
struct SessionKey {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::array<std::uint8_t, 16> cipher{};
  std::array<std::uint8_t, 20> auth{}; ///< CM only.
  std::array<std::uint8_t, 14> salt{};
};

/// None should OpenSSL fail.
std::optional<SessionKey> rtp_session_key(const SrtpKey& key);
std::optional<SessionKey> rtcp_session_key(const SrtpKey& key);

/// Protects outgoing RTP of any number of SSRCs under one master key.
class RtpProtector {
 public:
  /// Null should OpenSSL fail.
  static std::unique_ptr<RtpProtector> create(const SrtpKey& key);
  static std::unique_ptr<RtpProtector> create(const SessionKey& key);
  ~RtpProtector();
  RtpProtector(const RtpProtector&) = delete;
  RtpProtector& operator=(const RtpProtector&) = delete;

  /// What protect() adds to a packet, in bytes: 16 with GCM, 10 with CM.
  std::size_t overhead() const;

  /// The hot path. Writes to `out` the header (with its extension: it stays in clear), the
  /// encrypted payload and the tag; returns the size, header.size() + payload.size() + overhead().
  /// `index` is the packet's extended sequence number, ROC * 65536 + SEQ (RFC 3711, section 3.3.1),
  /// for which the caller keeps one counter per SSRC and never uses a number twice. `out` may be
  /// where header and payload already lie behind each other. 0 should OpenSSL fail: send nothing.
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
  RtcpProtector(const SessionKey& sending, const SessionKey& receiving);

  /// Encrypts the `size` bytes at the front of `packet` in place and appends index and tag;
  /// `packet` has kMaxOverhead bytes more than `size`, and `size` is that of a header (8) at least.
  /// Returns the new size; 0, send nothing, should OpenSSL fail or all 2^31 indices be used up.
  std::size_t protect(MutableBytes packet, std::size_t size);

  /// Authenticates, checks against replay (a window of 128 for each SSRC, RFC 3711, section 3.3.2)
  /// and decrypts in place. The size of the plain packet, or none: to be dropped.
  std::optional<std::size_t> unprotect(MutableBytes packet);

 private:
  /// Which indices of one sender have come: browsers count for each of their SSRCs.
  struct Window {
    static constexpr std::uint32_t kSize = 128;
    bool has_any() const { return seen != std::array<std::uint64_t, 2>{}; }
    bool has(std::uint32_t index) const; ///< Or may have had: it is too old to know.
    void add(std::uint32_t index);

    std::uint32_t ssrc = 0;
    std::uint32_t highest = 0;
    std::array<std::uint64_t, 2> seen{}; ///< Bit i: highest - i has come.
  };
  Window* window_of(std::uint32_t ssrc);
  Window& add_window(std::uint32_t ssrc);

  std::optional<SessionKey> out_;
  std::optional<SessionKey> in_;
  std::uint32_t next_ = 0; ///< Index of the next packet that is sent; 31 bits.
  std::array<Window, 4> windows_{};
  std::uint8_t oldest_ = 0; ///< The window that a fifth SSRC takes over.
};

} // namespace fanlight::fanout
