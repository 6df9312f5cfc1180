#pragma once

#include <memory>

#include <openssl/evp.h>

namespace fanlight::fanout {

struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

// Fetched once per process: a fetch takes OpenSSL's locks and searches all of its providers. Null
// should it know none. Any thread.

const EVP_CIPHER* aes_128_gcm();
const EVP_CIPHER* aes_128_ctr();
const EVP_CIPHER* aes_128_ecb();

} // namespace fanlight::fanout
