#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/crypto/srtp.h"

struct ssl_ctx_st; // OpenSSL's SSL_CTX.

namespace fanlight::fanout {

/// A self-signed ECDSA P-256 certificate with its key, and the settings of all handshakes under it.
/// Immutable: any thread.
class Certificate {
 public:
  /// Null, with the reason in `why`, if OpenSSL fails.
  static std::shared_ptr<const Certificate> create(std::string& why);

  const std::string& fingerprint() const { return fingerprint_; } ///< "sha-256 AB:CD:…" as in SDP.
  ssl_ctx_st* context() const { return context_.get(); }

 private:
  struct FreeContext {
    void operator()(ssl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, FreeContext>;
  Certificate(Context context, std::string fingerprint);

  Context context_;
  std::string fingerprint_;
};

/// The DTLS 1.2 server of one viewer's association (RFC 6347): it provides the SRTP keys (RFC 5764)
/// and notices the end.
///
/// Sans-IO: receive() takes datagrams, the `send` of create() sends them and must not call back.
/// Datagrams that we send have at most 1200 bytes. Threads: one at a time, any. The viewer's
/// certificate must have the fingerprint in its offer (RFC 8122, section 5).
///
/// OpenSSL's state, about 60 KB, exists only during the handshake, from the viewer's first
/// datagram. A connected association needs less than 1 KB. Without any datagram from the viewer
/// there is no timeout(); the caller decides how long to wait.
class DtlsServer {
 public:
  enum class State { handshaking, connected, closed, failed };
  using Send = std::function<void(Bytes datagram)>;

  /// `fingerprint` is that of the offer, "sha-256 AB:CD:…" (or sha-1, sha-224, sha-384, sha-512).
  /// Null, with the reason in `why`, if it is invalid.
  static std::unique_ptr<DtlsServer> create(std::shared_ptr<const Certificate> certificate,
                                            const std::string& fingerprint, Send send,
                                            std::string& why);
  ~DtlsServer();
  DtlsServer(const DtlsServer&) = delete;
  DtlsServer& operator=(const DtlsServer&) = delete;

  /// Handles one datagram of the viewer and answers by `send`. Ignores garbage. After the
  /// handshake, the viewer's close_notify makes the state closed. Returns true if our last flight
  /// was lost and is sent again: the viewer could not decrypt anything that it got since the
  /// handshake.
  bool receive(Bytes datagram);
  /// Time until on_timeout() is due, because one of our flights may be lost.
  std::optional<std::chrono::milliseconds> timeout() const;
  void on_timeout();
  /// Sends close_notify if connected; closed from then on.
  void close();

  State state() const;
  const std::string& error() const; ///< Why it failed, for operators.
  /// When connected: the key for sending and the key of the viewer.
  const SrtpKey& sending_key() const;
  const SrtpKey& receiving_key() const;

 private:
  struct Association;
  explicit DtlsServer(std::unique_ptr<Association> association);
  std::unique_ptr<Association> association_;
};

} // namespace fanlight::fanout
