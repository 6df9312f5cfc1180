#pragma once

#include <array>

#include <openssl/sha.h>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// HMAC-SHA1 (RFC 2104) of many messages under one key, whose two padded blocks are hashed once.
///
/// By SHA_CTX, which OpenSSL 3 discourages: it is the one hash state that a copy does not put on
/// the heap. EVP_MD_CTX_copy_ex() costs 70 ns and two allocations a packet more, EVP_MAC the same.
class HmacSha1 {
 public:
  /// `key` has 64 bytes at most.
  explicit HmacSha1(Bytes key);

  /// Of `first` and `second` as one message.
  std::array<std::uint8_t, 20> digest(Bytes first, Bytes second) const;

 private:
  SHA_CTX inner_;
  SHA_CTX outer_;
};

} // namespace fanlight::fanout
