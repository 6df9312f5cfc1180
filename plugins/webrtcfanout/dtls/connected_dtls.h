#pragma once

#include <array>
#include <optional>
#include <vector>

#include <openssl/ssl.h>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/crypto/aes.h"

namespace fanlight::fanout {

/// What is left of an association once its handshake is done: the goodbye both ways and, until the
/// viewer has it, our last flight. In 200 bytes, where OpenSSL keeps a buffer of 16 KB for the
/// same.
///
/// The records are those of AES_128_GCM (RFC 5288, section 3) in epoch 1 of DTLS 1.2 (RFC 6347,
/// section 4.1).
class ConnectedDtls {
 public:
  enum class News { none, flight_lost, goodbye };
  static constexpr std::size_t kGoodbyeSize = 13 + 8 + 2 + kGcmTag;

  /// Of a handshake that is just done. `flight` is what it sent last: change_cipher_spec and the
  /// one record of epoch 1, the server's Finished. None should OpenSSL fail.
  static std::optional<ConnectedDtls> of(const SSL* ssl, std::vector<std::uint8_t> flight);

  /// What a datagram of the viewer says. Only authentic records count.
  News read(Bytes datagram);
  /// A datagram to send when it is lost. The viewer that has it drops it as a replay.
  Bytes flight() const { return flight_; }
  /// The datagram of close_notify; to be made once. None should OpenSSL fail.
  std::optional<std::array<std::uint8_t, kGoodbyeSize>> goodbye() const;

 private:
  struct Keys {
    AesKey key{};
    std::array<std::uint8_t, 4> salt{};
  };
  News read_record(std::uint8_t type, Bytes record);

  Keys sending_;
  Keys receiving_;
  std::uint64_t newest_flight_ = 0; ///< Sequence number of the viewer's last handshake record.
  std::vector<std::uint8_t> flight_;
};

} // namespace fanlight::fanout
