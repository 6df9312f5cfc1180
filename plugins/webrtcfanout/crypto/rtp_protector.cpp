#include <cstring>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "webrtcfanout/crypto/aes.h"
#include "webrtcfanout/crypto/hmac_sha1.h"
#include "webrtcfanout/crypto/srtp.h"
#include "webrtcfanout/crypto/srtp_iv.h"

namespace fanlight::fanout {
namespace {

constexpr std::size_t kCmTag = 10;
constexpr std::size_t kSsrcAt = 8;

/// As size for EVP_CTRL_AEAD_SET_IV_FIXED: sets the whole IV.
constexpr std::size_t kWholeIv = static_cast<std::size_t>(-1);

/// In OpenSSL 3.0, this is 30 ns cheaper than EVP_EncryptInit_ex(), which first asks the cipher for
/// the length of its IV, by name. A cipher that rejects it gets its IV in the usual way; one that
/// ignores it refuses to encrypt, because it has no IV.
bool set_gcm_iv(EVP_CIPHER_CTX* cipher, GcmIv& iv) {
  const OSSL_PARAM whole[] = {
      OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED, iv.data(), kWholeIv),
      OSSL_PARAM_END,
  };
  return EVP_CIPHER_CTX_set_params(cipher, whole) == 1 ||
         EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data()) == 1;
}

bool get_gcm_tag(EVP_CIPHER_CTX* cipher, std::uint8_t* out) {
  OSSL_PARAM tag[] = {
      OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, out, kGcmTag),
      OSSL_PARAM_END,
  };
  return EVP_CIPHER_CTX_get_params(cipher, tag) == 1;
}

/// `out` null: `in` is only authenticated.
bool update(EVP_CIPHER_CTX* cipher, std::uint8_t* out, Bytes in) {
  int written = 0;
  return EVP_EncryptUpdate(cipher, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

} // namespace

struct RtpProtector::State {
  explicit State(const SessionKey& key)
      : cipher(EVP_CIPHER_CTX_new()), profile(key.profile), salt(key.salt), hmac(key.auth) {}

  bool gcm(Bytes header, Bytes payload, std::uint64_t index, std::uint8_t* body) {
    GcmIv iv = gcm_iv(salt, read_u32(&header[kSsrcAt]), index);
    std::uint8_t* const tag = body + payload.size();
    int written = 0;
    return set_gcm_iv(cipher.get(), iv) && update(cipher.get(), nullptr, header) &&
           update(cipher.get(), body, payload) &&
           EVP_EncryptFinal_ex(cipher.get(), tag, &written) == 1 && get_gcm_tag(cipher.get(), tag);
  }

  bool cm(Bytes header, Bytes payload, std::uint64_t index, std::uint8_t* body) {
    const std::array<std::uint8_t, 16> iv = cm_iv(salt, read_u32(&header[kSsrcAt]), index);
    if (EVP_EncryptInit_ex(cipher.get(), nullptr, nullptr, nullptr, iv.data()) != 1 ||
        !update(cipher.get(), body, payload))
      return false;
    std::uint8_t rollovers[4];
    write_u32(rollovers, static_cast<std::uint32_t>(index >> 16));
    const std::uint8_t* const packet = body - header.size();
    const auto digest = hmac.digest({packet, header.size() + payload.size()}, rollovers);
    std::memcpy(body + payload.size(), digest.data(), kCmTag);
    return true;
  }

  const CipherContext cipher; ///< Has the key; gets an IV for every packet.
  const SrtpProfile profile;
  const SrtpSalt salt;
  const HmacSha1 hmac; ///< CM only.
};

RtpProtector::RtpProtector(std::unique_ptr<State> state) : state_(std::move(state)) {}

RtpProtector::~RtpProtector() = default;

std::unique_ptr<RtpProtector> RtpProtector::create(const SrtpKey& key) {
  const std::optional<SessionKey> session = rtp_session_key(key);
  return session ? create(*session) : nullptr;
}

std::unique_ptr<RtpProtector> RtpProtector::create(const SessionKey& key) {
  auto state = std::make_unique<State>(key);
  const EVP_CIPHER* const cipher =
      key.profile == SrtpProfile::aead_aes_128_gcm ? aes_128_gcm() : aes_128_ctr();
  if (!state->cipher ||
      EVP_EncryptInit_ex(state->cipher.get(), cipher, nullptr, key.cipher.data(), nullptr) != 1)
    return nullptr;
  return std::unique_ptr<RtpProtector>(new RtpProtector(std::move(state)));
}

std::size_t RtpProtector::overhead() const {
  return state_->profile == SrtpProfile::aead_aes_128_gcm ? kGcmTag : kCmTag;
}

std::size_t RtpProtector::protect(Bytes header, Bytes payload, std::uint64_t index,
                                  std::uint8_t* out) {
  if (out != header.data()) std::memcpy(out, header.data(), header.size());
  std::uint8_t* const body = out + header.size();
  const bool done = state_->profile == SrtpProfile::aead_aes_128_gcm
                        ? state_->gcm(header, payload, index, body)
                        : state_->cm(header, payload, index, body);
  return done ? header.size() + payload.size() + overhead() : 0;
}

} // namespace fanlight::fanout
