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
  /// Null with the reason in `why` when OpenSSL fails.
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

/// The DTLS 1.2 server's end of one viewer's association (RFC 6347), which gives the SRTP keys (RFC
/// 5764) and hears of the end.
///
/// Sans-IO: datagrams in by receive(), out by the `send` of create(), which must not call back.
/// Both ways a datagram has 1200 bytes at most that we send. Threads: one at a time, any. The
/// viewer's certificate must have the fingerprint that its offer names (RFC 8122, section 5).
///
/// OpenSSL's state is there only while a handshake runs, from the viewer's first datagram on: some
/// 60 KB. A connected association needs below 1 KB. One that never hears from its viewer has no
/// timeout(); how long to wait is the caller's to say.
class DtlsServer {
 public:
  enum class State { handshaking, connected, closed, failed };
  using Send = std::function<void(Bytes datagram)>;

  /// `fingerprint` is the offer's, "sha-256 AB:CD:…" (or sha-1, sha-224, sha-384, sha-512). Null
  /// with the reason in `why` where it is none.
  static std::unique_ptr<DtlsServer> create(std::shared_ptr<const Certificate> certificate,
                                            const std::string& fingerprint, Send send,
                                            std::string& why);
  ~DtlsServer();
  DtlsServer(const DtlsServer&) = delete;
  DtlsServer& operator=(const DtlsServer&) = delete;

  /// One datagram of the viewer; answers by `send`. Garbage is passed over. Once connected, the
  /// viewer's goodbye makes the state closed. True: our last flight was lost, and is sent again.
  /// All that came to the viewer since the handshake it could not decrypt.
  bool receive(Bytes datagram);
  /// How long until on_timeout() is due: a flight of ours may be lost.
  std::optional<std::chrono::milliseconds> timeout() const;
  void on_timeout();
  /// Says goodbye (close_notify), if connected; closed from then on.
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
