#define OPENSSL_SUPPRESS_DEPRECATED // The header says why.
#include "webrtcfanout/crypto/hmac_sha1.h"

#include <algorithm>

namespace fanlight::fanout {
namespace {

SHA_CTX hash_of_padded(Bytes key, std::uint8_t pad) {
  std::array<std::uint8_t, SHA_CBLOCK> block;
  block.fill(pad);
  for (std::size_t i = 0; i < std::min(key.size(), block.size()); ++i) block[i] ^= key[i];
  SHA_CTX hash;
  SHA1_Init(&hash);
  SHA1_Update(&hash, block.data(), block.size());
  return hash;
}

} // namespace

HmacSha1::HmacSha1(Bytes key)
    : inner_(hash_of_padded(key, 0x36)), outer_(hash_of_padded(key, 0x5c)) {}

std::array<std::uint8_t, 20> HmacSha1::digest(Bytes first, Bytes second) const {
  std::array<std::uint8_t, 20> digest;
  SHA_CTX hash = inner_;
  SHA1_Update(&hash, first.data(), first.size());
  SHA1_Update(&hash, second.data(), second.size());
  SHA1_Final(digest.data(), &hash);
  hash = outer_;
  SHA1_Update(&hash, digest.data(), digest.size());
  SHA1_Final(digest.data(), &hash);
  return digest;
}

} // namespace fanlight::fanout
