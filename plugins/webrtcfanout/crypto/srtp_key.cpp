#include <algorithm>

#include "webrtcfanout/crypto/aes.h"
#include "webrtcfanout/crypto/srtp.h"

namespace fanlight::fanout {
namespace {

/// Labels of RFC 3711, section 4.3.2; those of the authentication key and the salt follow.
enum class Label : std::uint8_t { rtp_encryption = 0, rtcp_encryption = 3 };

/// The key stream of AES-CM from label * 2^48 ^ salt (RFC 3711, section 4.3.3). The key derivation
/// rate is 0, as everywhere in DTLS-SRTP. The 12 bytes of a GCM salt count as 14 with zeros behind
/// (RFC 7714, section 11).
bool derive(EVP_CIPHER_CTX* aes, const std::array<std::uint8_t, 14>& salt, int label,
            MutableBytes out) {
  std::array<std::uint8_t, 16> counter{};
  std::copy(salt.begin(), salt.end(), counter.begin());
  counter[7] ^= static_cast<std::uint8_t>(label);
  for (std::size_t at = 0; at < out.size(); at += counter.size()) {
    std::array<std::uint8_t, 16> block;
    int written = 0;
    counter[15] = static_cast<std::uint8_t>(at / counter.size());
    if (EVP_EncryptUpdate(aes, block.data(), &written, counter.data(), counter.size()) != 1)
      return false;
    std::copy_n(block.begin(), std::min(block.size(), out.size() - at), out.begin() + at);
  }
  return true;
}

std::optional<SessionKey> session_key(const SrtpKey& key, Label first) {
  const CipherContext aes{EVP_CIPHER_CTX_new()};
  if (!aes || EVP_EncryptInit_ex(aes.get(), aes_128_ecb(), nullptr, key.key.data(), nullptr) != 1)
    return std::nullopt;

  SessionKey session{.profile = key.profile};
  std::array<std::uint8_t, 14> salt = key.salt;
  MutableBytes session_salt = session.salt;
  if (key.profile == SrtpProfile::aead_aes_128_gcm) {
    std::fill(salt.begin() + 12, salt.end(), std::uint8_t{0});
    session_salt = session_salt.first(12);
  }
  const int label = static_cast<int>(first);
  if (!derive(aes.get(), salt, label, session.cipher) ||
      !derive(aes.get(), salt, label + 1, session.auth) ||
      !derive(aes.get(), salt, label + 2, session_salt))
    return std::nullopt;
  return session;
}

} // namespace

std::optional<SessionKey> rtp_session_key(const SrtpKey& key) {
  return session_key(key, Label::rtp_encryption);
}

std::optional<SessionKey> rtcp_session_key(const SrtpKey& key) {
  return session_key(key, Label::rtcp_encryption);
}

} // namespace fanlight::fanout
