#pragma once

#include <array>
#include <optional>
#include <vector>

#include <openssl/ssl.h>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/crypto/aes.h"

namespace fanlight::fanout {

/// An association after its handshake: handles close_notify in both directions and, until the
/// viewer has it, repeats our last flight. It takes 200 bytes, whereas OpenSSL keeps a buffer of 16
/// KB for the same purpose.
///
/// The records are those of AES_128_GCM (RFC 5288, section 3) in epoch 1 of DTLS 1.2 (RFC 6347,
/// section 4.1).
class ConnectedDtls {
 public:
  enum class News { none, flight_lost, goodbye };
  static constexpr std::size_t kGoodbyeSize = 13 + 8 + 2 + kGcmTag;

  /// For a handshake that has just ended. `flight` is the last flight that was sent:
  /// change_cipher_spec and the only record of epoch 1, the server's Finished. None if OpenSSL
  /// fails.
  static std::optional<ConnectedDtls> of(const SSL* ssl, std::vector<std::uint8_t> flight);

  /// Handles a datagram of the viewer. Only authentic records count.
  News read(Bytes datagram);
  /// The datagram to send if it was lost. A viewer that has it drops it as a replay.
  Bytes flight() const { return flight_; }
  /// The datagram of close_notify; call it only once. None if OpenSSL fails.
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
