#pragma once

#include <functional>
#include <vector>

#include <openssl/bio.h>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// The port through which OpenSSL reads and writes datagrams, one at a time and complete. OpenSSL's
/// own memory BIOs would join them.
struct DatagramPort {
  std::function<void(Bytes datagram)> send;
  Bytes arrived;                  ///< Not read yet; empty: none.
  std::vector<std::uint8_t> sent; ///< All that was sent since the reader last cleared it.
};

/// A BIO for `port`, which outlives it. Null if OpenSSL fails.
BIO* make_datagram_bio(DatagramPort* port);

} // namespace fanlight::fanout
