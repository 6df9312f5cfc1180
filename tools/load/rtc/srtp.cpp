#include "load/rtc/srtp.h"

#include <algorithm>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace fanlight::load {
namespace {

constexpr std::size_t kGcmTag = 16;
constexpr std::size_t kShaTag = 10;
constexpr std::size_t kRtcpHeader = 8; // Not encrypted.
constexpr std::uint32_t kEncrypted = 0x80000000;

using Iv = std::array<std::uint8_t, 16>;
using Block = std::span<std::uint8_t>;

struct Free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

/// A cipher and its context, created once per thread: to fetch it costs more than to use it.
struct Cipher {
  std::unique_ptr<EVP_CIPHER, Free> cipher;
  std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};

  Cipher(const char* name, bool encrypt) : cipher(EVP_CIPHER_fetch(nullptr, name, nullptr)) {
    EVP_CipherInit_ex2(context.get(), cipher.get(), nullptr, nullptr, encrypt ? 1 : 0, nullptr);
  }
};

/// AES-CM (RFC 3711, section 4.1.1); the same function encrypts and decrypts.
void counter_mode(const std::array<std::uint8_t, 16>& key, const Iv& iv, Block data) {
  thread_local const Cipher cipher{"AES-128-CTR", true};
  int size = 0;
  EVP_CipherInit_ex2(cipher.context.get(), nullptr, key.data(), iv.data(), -1, nullptr);
  EVP_CipherUpdate(cipher.context.get(), data.data(), &size, data.data(),
                   static_cast<int>(data.size()));
}

struct Mac {
  std::unique_ptr<EVP_MAC, Free> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  std::unique_ptr<EVP_MAC_CTX, Free> context{EVP_MAC_CTX_new(mac.get())};

  Mac() {
    char sha1[] = "SHA1";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha1, 0),
        OSSL_PARAM_construct_end()};
    EVP_MAC_CTX_set_params(context.get(), parameters);
  }
};

/// The first `kShaTag` bytes of the HMAC over one or two pieces.
std::array<std::uint8_t, kShaTag> hmac(const SrtpSession& session, Bytes data, Bytes more) {
  thread_local const Mac mac;
  EVP_MAC_CTX* context = mac.context.get();
  std::array<std::uint8_t, 20> whole;
  std::size_t size = 0;
  EVP_MAC_init(context, session.authentication.data(), session.authentication.size(), nullptr);
  EVP_MAC_update(context, data.data(), data.size());
  EVP_MAC_update(context, more.data(), more.size());
  EVP_MAC_final(context, whole.data(), &size, whole.size());
  std::array<std::uint8_t, kShaTag> tag;
  std::copy_n(whole.begin(), tag.size(), tag.begin());
  return tag;
}

void put_number(Block to, std::uint64_t value) {
  for (std::size_t i = to.size(); i-- > 0; value >>= 8) to[i] = static_cast<std::uint8_t>(value);
}

/// RFC 3711, section 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
Iv counter_iv(const SrtpSession& session, std::uint32_t ssrc, std::uint64_t index) {
  Iv iv{};
  put_number(Block{iv}.subspan(4, 4), ssrc);
  put_number(Block{iv}.subspan(8, 6), index);
  for (std::size_t i = 0; i < session.salt.size(); ++i) iv[i] ^= session.salt[i];
  return iv;
}

/// RFC 7714, sections 8.1 and 9.1: zeros, SSRC, and for RTP the 48-bit index, for RTCP two more
/// zeros and the 32-bit index; XOR salt.
Iv gcm_iv(const SrtpSession& session, std::uint32_t ssrc, std::uint64_t index) {
  Iv iv{};
  put_number(Block{iv}.subspan(2, 4), ssrc);
  put_number(Block{iv}.subspan(6, 6), index);
  for (std::size_t i = 0; i < 12; ++i) iv[i] ^= session.salt[i];
  return iv;
}

bool gcm_open(const SrtpSession& session, const Iv& iv, Bytes plain, Bytes more, Block secret,
              Bytes tag) {
  thread_local const Cipher cipher{"AES-128-GCM", false};
  EVP_CIPHER_CTX* context = cipher.context.get();
  int size = 0;
  EVP_CipherInit_ex2(context, nullptr, session.key.data(), iv.data(), 0, nullptr);
  EVP_CipherUpdate(context, nullptr, &size, plain.data(), static_cast<int>(plain.size()));
  if (!more.empty())
    EVP_CipherUpdate(context, nullptr, &size, more.data(), static_cast<int>(more.size()));
  EVP_CipherUpdate(context, secret.data(), &size, secret.data(), static_cast<int>(secret.size()));
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                      const_cast<std::uint8_t*>(tag.data())); // Only read.
  return EVP_CipherFinal_ex(context, secret.data() + secret.size(), &size) == 1;
}

void gcm_seal(const SrtpSession& session, const Iv& iv, Bytes plain, Bytes more, Block secret,
              Block tag) {
  thread_local const Cipher cipher{"AES-128-GCM", true};
  EVP_CIPHER_CTX* context = cipher.context.get();
  int size = 0;
  EVP_CipherInit_ex2(context, nullptr, session.key.data(), iv.data(), 1, nullptr);
  EVP_CipherUpdate(context, nullptr, &size, plain.data(), static_cast<int>(plain.size()));
  EVP_CipherUpdate(context, nullptr, &size, more.data(), static_cast<int>(more.size()));
  EVP_CipherUpdate(context, secret.data(), &size, secret.data(), static_cast<int>(secret.size()));
  EVP_CipherFinal_ex(context, secret.data() + secret.size(), &size);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data());
}

} // namespace

SrtpSession SrtpSession::derive(const SrtpMaster& master, bool rtcp) {
  SrtpSession session{};
  // The keystream under the master key, whose IV is the salt XOR the key's label.
  const auto expand = [&master](std::uint8_t label, Block out) {
    Iv iv{};
    std::copy(master.salt.begin(), master.salt.end(), iv.begin());
    iv[7] ^= label;
    counter_mode(master.key, iv, out);
  };
  const std::uint8_t first = rtcp ? 3 : 0;
  expand(first, session.key);
  expand(first + 1, session.authentication);
  expand(first + 2, session.salt);
  return session;
}

Srtp::Srtp(const SrtpKeys& keys)
    : profile_(keys.profile), rtp_in_(SrtpSession::derive(keys.remote, false)),
      rtcp_in_(SrtpSession::derive(keys.remote, true)),
      rtcp_out_(SrtpSession::derive(keys.local, true)) {}

std::optional<Block> Srtp::open_rtp(Block packet, std::size_t header, std::uint64_t index) const {
  const bool gcm = profile_ == SrtpProfile::aead_aes_128_gcm;
  const std::size_t tag_size = gcm ? kGcmTag : kShaTag;
  if (header < 12 || packet.size() < header + tag_size) return {};
  const std::size_t size = packet.size() - tag_size;
  const Block payload = packet.subspan(header, size - header);
  const Bytes tag = packet.subspan(size);
  const std::uint32_t ssrc = get32(packet, 8);
  if (gcm) {
    if (!gcm_open(rtp_in_, gcm_iv(rtp_in_, ssrc, index), packet.first(header), {}, payload, tag))
      return {};
    return packet.first(size);
  }
  std::array<std::uint8_t, 4> rollovers;
  put_number(rollovers, index >> 16);
  const auto expected = hmac(rtp_in_, packet.first(size), rollovers);
  if (CRYPTO_memcmp(expected.data(), tag.data(), kShaTag) != 0) return {};
  counter_mode(rtp_in_.key, counter_iv(rtp_in_, ssrc, index), payload);
  return packet.first(size);
}

std::optional<Block> Srtp::open_rtcp(Block packet) const {
  const bool gcm = profile_ == SrtpProfile::aead_aes_128_gcm;
  if (packet.size() < kRtcpHeader + 4 + (gcm ? kGcmTag : kShaTag)) return {};
  // The index precedes the tag in RFC 3711, and follows it in RFC 7714, section 9.2.
  const std::size_t at = packet.size() - 4 - (gcm ? 0 : kShaTag);
  const std::uint32_t word = get32(packet, at);
  const std::uint32_t index = word & ~kEncrypted;
  const std::uint32_t ssrc = get32(packet, 4);
  if ((word & kEncrypted) == 0) return {}; // WebRTC always encrypts.
  if (gcm) {
    const std::size_t size = at - kGcmTag;
    if (!gcm_open(rtcp_in_, gcm_iv(rtcp_in_, ssrc, index), packet.first(kRtcpHeader),
                  packet.subspan(at, 4), packet.subspan(kRtcpHeader, size - kRtcpHeader),
                  packet.subspan(size, kGcmTag)))
      return {};
    return packet.first(size);
  }
  const auto expected = hmac(rtcp_in_, packet.first(at + 4), {});
  if (CRYPTO_memcmp(expected.data(), packet.data() + at + 4, kShaTag) != 0) return {};
  counter_mode(rtcp_in_.key, counter_iv(rtcp_in_, ssrc, index),
               packet.subspan(kRtcpHeader, at - kRtcpHeader));
  return packet.first(at);
}

void Srtp::seal_rtcp(std::vector<std::uint8_t>& packet) {
  const std::uint32_t index = ++sent_;
  const std::uint32_t ssrc = get32(packet, 4);
  const std::size_t size = packet.size();
  std::array<std::uint8_t, 4> word;
  put_number(word, kEncrypted | index);
  if (profile_ == SrtpProfile::aead_aes_128_gcm) {
    packet.resize(size + kGcmTag);
    const Block all{packet};
    gcm_seal(rtcp_out_, gcm_iv(rtcp_out_, ssrc, index), all.first(kRtcpHeader), word,
             all.subspan(kRtcpHeader, size - kRtcpHeader), all.subspan(size));
    packet.insert(packet.end(), word.begin(), word.end());
    return;
  }
  counter_mode(rtcp_out_.key, counter_iv(rtcp_out_, ssrc, index),
               Block{packet}.subspan(kRtcpHeader));
  packet.insert(packet.end(), word.begin(), word.end());
  const auto tag = hmac(rtcp_out_, packet, {});
  packet.insert(packet.end(), tag.begin(), tag.end());
}

} // namespace fanlight::load
