#include "webrtcfanout/crypto/aes.h"

namespace fanlight::fanout {
namespace {

constexpr int kEncrypt = 1;
constexpr int kDecrypt = 0;

CipherContext gcm_context(const AesKey& key, const GcmIv& iv, int direction) {
  CipherContext context{EVP_CIPHER_CTX_new()};
  if (context && EVP_CipherInit_ex(context.get(), aes_128_gcm(), nullptr, key.data(), iv.data(),
                                   direction) != 1)
    context.reset();
  return context;
}

/// `out` null: `in` is only authenticated.
bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, Bytes in) {
  int written = 0;
  return EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

bool finish(EVP_CIPHER_CTX* context) {
  std::uint8_t nothing[16];
  int written = 0;
  return EVP_CipherFinal_ex(context, nothing, &written) == 1;
}

} // namespace

// Never freed: contexts of other threads may outlive static objects.

const EVP_CIPHER* aes_128_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  return cipher;
}

const EVP_CIPHER* aes_128_ctr() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr);
  return cipher;
}

const EVP_CIPHER* aes_128_ecb() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
  return cipher;
}

bool seal_gcm(const AesKey& key, const GcmIv& iv, Bytes authenticated, MutableBytes body,
              std::uint8_t* tag) {
  const CipherContext context = gcm_context(key, iv, kEncrypt);
  return context && update(context.get(), nullptr, authenticated) &&
         update(context.get(), body.data(), body) && finish(context.get()) &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTag, tag) == 1;
}

bool open_gcm(const AesKey& key, const GcmIv& iv, Bytes authenticated, MutableBytes body,
              const std::uint8_t* tag) {
  const CipherContext context = gcm_context(key, iv, kDecrypt);
  return context &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTag,
                             const_cast<std::uint8_t*>(tag)) == 1 && // OpenSSL only reads it.
         update(context.get(), nullptr, authenticated) &&
         update(context.get(), body.data(), body) && finish(context.get());
}

} // namespace fanlight::fanout
