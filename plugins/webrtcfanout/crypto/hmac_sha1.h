#pragma once

#include <array>

#include <openssl/sha.h>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// HMAC-SHA1 (RFC 2104) of many messages under one key; hashes the two padded key blocks once.
///
/// Uses SHA_CTX, although OpenSSL 3 discourages it: only this hash state can be copied without the
/// heap. EVP_MD_CTX_copy_ex() costs 70 ns and two allocations more per packet; so does EVP_MAC.
class HmacSha1 {
 public:
  /// `key` has at most 64 bytes.
  explicit HmacSha1(Bytes key);

  /// The digest of `first` and `second` as one message.
  std::array<std::uint8_t, 20> digest(Bytes first, Bytes second) const;

 private:
  SHA_CTX inner_;
  SHA_CTX outer_;
};

} // namespace fanlight::fanout
