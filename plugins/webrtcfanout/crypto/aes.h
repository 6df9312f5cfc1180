#pragma once

#include <array>
#include <memory>

#include <openssl/evp.h>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

// Fetched once per process: a fetch takes OpenSSL's locks and searches all providers. Null if
// OpenSSL does not support the cipher. Any thread.

const EVP_CIPHER* aes_128_gcm();
const EVP_CIPHER* aes_128_ctr();
const EVP_CIPHER* aes_128_ecb();

// AES-128-GCM of a single message, with key setup per message: for rare messages.

using AesKey = std::array<std::uint8_t, 16>;
using GcmIv = std::array<std::uint8_t, 12>;
constexpr std::size_t kGcmTag = 16;

/// Encrypts `body` in place and writes kGcmTag bytes to `tag`. False if OpenSSL fails.
bool seal_gcm(const AesKey& key, const GcmIv& iv, Bytes authenticated, MutableBytes body,
              std::uint8_t* tag);
/// Decrypts `body` in place. False if `tag` does not match: then `body` is garbage.
bool open_gcm(const AesKey& key, const GcmIv& iv, Bytes authenticated, MutableBytes body,
              const std::uint8_t* tag);

} // namespace fanlight::fanout
