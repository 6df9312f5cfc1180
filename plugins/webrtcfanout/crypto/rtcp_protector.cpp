#include <cstring>

#include <openssl/crypto.h>

#include "webrtcfanout/crypto/aes.h"
#include "webrtcfanout/crypto/hmac_sha1.h"
#include "webrtcfanout/crypto/srtp.h"
#include "webrtcfanout/crypto/srtp_iv.h"

// The layout of a packet: header in clear (8), encrypted rest, then with CM the index (4) and the
// tag (RFC 3711, section 3.4), with GCM the tag and the index (RFC 7714, section 9).

namespace fanlight::fanout {
namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kSsrcAt = 4;
constexpr std::size_t kIndex = 4;
constexpr std::size_t kCmTag = 10;
constexpr std::uint32_t kEncrypted = 0x80000000; ///< The E bit before the index.

/// The data that the GCM tag covers without encryption (RFC 7714, section 9.2).
std::array<std::uint8_t, kHeader + kIndex> in_clear(const std::uint8_t* header,
                                                    const std::uint8_t* esrtcp) {
  std::array<std::uint8_t, kHeader + kIndex> bytes;
  std::memcpy(bytes.data(), header, kHeader);
  std::memcpy(bytes.data() + kHeader, esrtcp, kIndex);
  return bytes;
}

/// Encrypts or decrypts `body` in place; both are the same operation.
bool cm(const SessionKey& key, std::uint32_t ssrc, std::uint32_t index, MutableBytes body) {
  const auto iv = cm_iv(key.salt, ssrc, index);
  const CipherContext cipher{EVP_CIPHER_CTX_new()};
  int written = 0;
  return cipher &&
         EVP_EncryptInit_ex(cipher.get(), aes_128_ctr(), nullptr, key.cipher.data(), iv.data()) ==
             1 &&
         EVP_EncryptUpdate(cipher.get(), body.data(), &written, body.data(),
                           static_cast<int>(body.size())) == 1;
}

} // namespace

RtcpProtector::RtcpProtector(const SrtpKey& sending, const SrtpKey& receiving)
    : out_(rtcp_session_key(sending)), in_(rtcp_session_key(receiving)) {}

RtcpProtector::RtcpProtector(const SessionKey& sending, const SessionKey& receiving)
    : out_(sending), in_(receiving) {}

std::size_t RtcpProtector::protect(MutableBytes packet, std::size_t size) {
  if (!out_ || (next_ & kEncrypted) != 0 || size < kHeader || packet.size() < size + kMaxOverhead)
    return 0;
  const std::uint32_t index = next_++;
  std::uint8_t* const header = packet.data();
  const std::uint32_t ssrc = read_u32(header + kSsrcAt);
  const MutableBytes body = packet.subspan(kHeader, size - kHeader);
  std::uint8_t* const end = header + size;
  if (out_->profile == SrtpProfile::aead_aes_128_gcm) {
    std::uint8_t* const esrtcp = end + kGcmTag;
    write_u32(esrtcp, kEncrypted | index);
    return seal_gcm(out_->cipher, gcm_iv(out_->salt, ssrc, index), in_clear(header, esrtcp), body,
                    end)
               ? size + kGcmTag + kIndex
               : 0;
  }
  write_u32(end, kEncrypted | index);
  if (!cm(*out_, ssrc, index, body)) return 0;
  const auto digest = HmacSha1{out_->auth}.digest({header, size + kIndex}, {});
  std::memcpy(end + kIndex, digest.data(), kCmTag);
  return size + kIndex + kCmTag;
}

std::optional<std::size_t> RtcpProtector::unprotect(MutableBytes packet) {
  if (!in_) return std::nullopt;
  const bool is_gcm = in_->profile == SrtpProfile::aead_aes_128_gcm;
  const std::size_t overhead = kIndex + (is_gcm ? kGcmTag : kCmTag);
  if (packet.size() < kHeader + overhead) return std::nullopt;

  const std::size_t size = packet.size() - overhead;
  std::uint8_t* const header = packet.data();
  const MutableBytes body = packet.subspan(kHeader, size - kHeader);
  const std::uint8_t* const tag = header + size + (is_gcm ? 0 : kIndex);
  const std::uint8_t* const esrtcp = header + size + (is_gcm ? kGcmTag : 0);
  const std::uint32_t index = read_u32(esrtcp) & ~kEncrypted;
  // Both profiles encrypt RTCP, so a packet without the bit is not authentic.
  if ((read_u32(esrtcp) & kEncrypted) == 0) return std::nullopt;
  const std::uint32_t ssrc = read_u32(header + kSsrcAt);
  Window* window = window_of(ssrc);
  if (window && window->has(index)) return std::nullopt;

  if (is_gcm) {
    if (!open_gcm(in_->cipher, gcm_iv(in_->salt, ssrc, index), in_clear(header, esrtcp), body, tag))
      return std::nullopt;
  } else {
    const auto digest = HmacSha1{in_->auth}.digest({header, size + kIndex}, {});
    if (CRYPTO_memcmp(digest.data(), tag, kCmTag) != 0 || !cm(*in_, ssrc, index, body))
      return std::nullopt;
  }
  if (!window) window = &add_window(ssrc);
  window->add(index);
  return size;
}

RtcpProtector::Window* RtcpProtector::window_of(std::uint32_t ssrc) {
  for (Window& window : windows_)
    if (window.ssrc == ssrc && window.has_any()) return &window;
  return nullptr;
}

RtcpProtector::Window& RtcpProtector::add_window(std::uint32_t ssrc) {
  Window& window = windows_[oldest_];
  oldest_ = static_cast<std::uint8_t>((oldest_ + 1) % windows_.size());
  window = {.ssrc = ssrc};
  return window;
}

bool RtcpProtector::Window::has(std::uint32_t index) const {
  if (index > highest) return false;
  const std::uint32_t age = highest - index;
  return age >= kSize || (seen[age / 64] >> age % 64 & 1) != 0;
}

void RtcpProtector::Window::add(std::uint32_t index) {
  if (index > highest) {
    const std::uint32_t step = index - highest;
    if (step >= kSize)
      seen = {};
    else if (step >= 64)
      seen = {0, seen[0] << (step - 64)};
    else
      seen = {seen[0] << step, seen[1] << step | seen[0] >> (64 - step)};
    highest = index;
  }
  const std::uint32_t age = highest - index;
  seen[age / 64] |= std::uint64_t{1} << age % 64;
}

} // namespace fanlight::fanout
