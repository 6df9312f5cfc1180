#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "bytes.h"
#include "srtp.h"

namespace fanlight::fanout {

/// A self-signed ECDSA P-256 certificate with its key, and the settings of all handshakes under it.
/// Immutable: any thread.
class Certificate {
 public:
  /// Null with the reason in `why` when OpenSSL fails.
  static std::shared_ptr<const Certificate> create(std::string& why);
  ~Certificate();
  const std::string& fingerprint() const { return fingerprint_; } ///< "sha-256 AB:CD:…" as in SDP.

 private:
  friend class DtlsServer;
  struct State;
  explicit Certificate(std::unique_ptr<State> state, std::string fingerprint);
  std::unique_ptr<State> state_;
  std::string fingerprint_;
};

/// The DTLS 1.2 server's end of one viewer's association (RFC 6347), which gives the SRTP keys (RFC
/// 5764) and hears of the end.
///
/// Sans-IO: datagrams in by receive(), out by the `send` of create(). Threads: one at a time, any.
/// The viewer's certificate must have the fingerprint that its offer names (RFC 8122, section 5).
/// After the handshake its buffers are given back (SSL_free_buffers): a connected association holds
/// as little memory as OpenSSL lets it.
class DtlsServer {
 public:
  enum class State { handshaking, connected, closed, failed };
  using Send = std::function<void(Bytes datagram)>;

  /// `fingerprint` is the offer's, "sha-256 AB:CD:…" (or sha-1, sha-224, sha-384, sha-512). Null
  /// with the reason in `why`.
  static std::unique_ptr<DtlsServer> create(std::shared_ptr<const Certificate> certificate,
                                            const std::string& fingerprint, Send send,
                                            std::string& why);
  ~DtlsServer();
  DtlsServer(const DtlsServer&) = delete;
  DtlsServer& operator=(const DtlsServer&) = delete;

  /// One datagram of the viewer; answers by `send`. Garbage is passed over.
  void receive(Bytes datagram);
  /// How long until on_timeout() is due: a flight of ours may be lost.
  std::optional<std::chrono::milliseconds> timeout() const;
  void on_timeout();
  /// Says goodbye (close_notify).
  void close();

  State state() const;
  const std::string& error() const; ///< Why it failed, for an operator.
  /// Once connected: the key we send with and the one the viewer sends with.
  const SrtpKey& sending_key() const;
  const SrtpKey& receiving_key() const;

 private:
  struct Association;
  explicit DtlsServer(std::unique_ptr<Association> association);
  std::unique_ptr<Association> association_;
};

} // namespace fanlight::fanout
