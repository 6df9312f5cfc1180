#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "webrtcfanout/base/bytes.h"

/// SRTP and SRTCP with OpenSSL (RFC 3711; AEAD: RFC 7714), for an endpoint that sends RTP and
/// receives RTCP.
///
/// Threads: one at a time, any. RTP packets cause no allocations.
namespace fanlight::fanout {

/// Numbers of the DTLS extension use_srtp (RFC 5764, section 4.1.2; RFC 7714, section 14.2).
enum class SrtpProfile : std::uint16_t { aes128_cm_sha1_80 = 1, aead_aes_128_gcm = 7 };

/// Master key and salt of one direction; CM uses 14 bytes of the salt, GCM 12.
struct SrtpKey {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::array<std::uint8_t, 16> key{};
  std::array<std::uint8_t, 14> salt{};
};

/// The key that protects packets, derived from an SrtpKey (RFC 3711, section 4.3; RFC 7714, section
/// 11): one for RTP, another for RTCP.
struct SessionKey {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::array<std::uint8_t, 16> cipher{};
  std::array<std::uint8_t, 20> auth{}; ///< CM only.
  std::array<std::uint8_t, 14> salt{};
};

/// None if OpenSSL fails.
std::optional<SessionKey> rtp_session_key(const SrtpKey& key);
std::optional<SessionKey> rtcp_session_key(const SrtpKey& key);

/// Protects outgoing RTP of any number of SSRCs under one master key.
class RtpProtector {
 public:
  /// Null if OpenSSL fails.
  static std::unique_ptr<RtpProtector> create(const SrtpKey& key);
  static std::unique_ptr<RtpProtector> create(const SessionKey& key);
  ~RtpProtector();
  RtpProtector(const RtpProtector&) = delete;
  RtpProtector& operator=(const RtpProtector&) = delete;

  /// The bytes that protect() adds to a packet: 16 with GCM, 10 with CM.
  std::size_t overhead() const;

  /// The hot path. Writes the header (with its extension, unencrypted), the encrypted payload and
  /// the tag to `out`; returns the size, header.size() + payload.size() + overhead(). `index` is
  /// the packet's extended sequence number, ROC * 65536 + SEQ (RFC 3711, section 3.3.1); the caller
  /// keeps a counter per SSRC and never uses a number twice. `out` may be the place where header
  /// and payload already lie one after the other. Returns 0 if OpenSSL fails: send nothing.
  std::size_t protect(Bytes header, Bytes payload, std::uint64_t index, std::uint8_t* out);

 private:
  struct State;
  explicit RtpProtector(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Protects outgoing and checks incoming RTCP. Small: it keeps no OpenSSL contexts per viewer,
/// because RTCP is rare.
class RtcpProtector {
 public:
  static constexpr std::size_t kMaxOverhead = 4 + 16;

  RtcpProtector(const SrtpKey& sending, const SrtpKey& receiving);
  RtcpProtector(const SessionKey& sending, const SessionKey& receiving);

  /// Encrypts the first `size` bytes of `packet` in place and appends index and tag. `packet` has
  /// kMaxOverhead bytes more than `size`, and `size` covers at least a header (8). Returns the new
  /// size; 0 if OpenSSL fails or all 2^31 indices are used up: send nothing.
  std::size_t protect(MutableBytes packet, std::size_t size);

  /// Authenticates, rejects replays (a window of 128 per SSRC, RFC 3711, section 3.3.2) and
  /// decrypts in place. Returns the size of the plain packet; none: drop the packet.
  std::optional<std::size_t> unprotect(MutableBytes packet);

 private:
  /// The indices received from one sender: browsers count separately for each of their SSRCs.
  struct Window {
    static constexpr std::uint32_t kSize = 128;
    bool has_any() const { return seen != std::array<std::uint64_t, 2>{}; }
    bool has(std::uint32_t index) const; ///< True also if the index is too old to know.
    void add(std::uint32_t index);

    std::uint32_t ssrc = 0;
    std::uint32_t highest = 0;
    std::array<std::uint64_t, 2> seen{}; ///< Bit i: highest - i was received.
  };
  Window* window_of(std::uint32_t ssrc);
  Window& add_window(std::uint32_t ssrc);

  std::optional<SessionKey> out_;
  std::optional<SessionKey> in_;
  std::uint32_t next_ = 0; ///< Index of the next packet to send; 31 bits.
  std::array<Window, 4> windows_{};
  std::uint8_t oldest_ = 0; ///< The window that a fifth SSRC replaces.
};

} // namespace fanlight::fanout
