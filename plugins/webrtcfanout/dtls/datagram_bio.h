#pragma once

#include <functional>
#include <vector>

#include <openssl/bio.h>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// Where OpenSSL reads datagrams from and writes them to: one at a time, and whole. Its own memory
/// BIOs would run them together.
struct DatagramPort {
  std::function<void(Bytes datagram)> send;
  Bytes arrived;                  ///< Not read yet; empty: none.
  std::vector<std::uint8_t> sent; ///< All that was sent since whoever reads this emptied it.
};

/// A BIO at `port`, which outlives it. Null should OpenSSL fail.
BIO* make_datagram_bio(DatagramPort* port);

} // namespace fanlight::fanout
