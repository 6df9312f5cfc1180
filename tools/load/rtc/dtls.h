#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "base/result.h"
#include "load/net/wire.h"
#include "load/rtc/srtp.h"

namespace fanlight::load {

/// The certificate that all viewers of this process show; made anew by each process.
class Identity {
 public:
  /// `profiles` of SRTP as OpenSSL names them, with colons between, the preferred one first.
  explicit Identity(const std::string& profiles);
  SSL_CTX* context() const { return context_.get(); }
  /// As in a=fingerprint: "sha-256 AB:CD:…".
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::string fingerprint_;
};

/// The handshake of one viewer. It is not needed any more when the other side sends media; before,
/// its last flight may have to be sent again.
class Dtls {
 public:
  using Send = std::function<void(Bytes)>;

  Dtls(const Identity& identity, bool server, Send send);

  void start() { advance(); }
  void receive(Bytes datagram);
  /// Sends again what was lost; to be called every 25 ms or so until done().
  void tick();
  bool done() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  /// What went wrong for good; empty: nothing so far.
  const std::string& failure() const { return failure_; }
  /// Only when done(). Errc::unsupported when SRTP was not agreed on, Errc::invalid when the other
  /// side's certificate is not the one of `fingerprint`, which is as in a=fingerprint; an empty one
  /// fits all.
  Result<SrtpKeys> keys(const std::string& fingerprint) const;

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void advance();
  void flush();

  std::unique_ptr<SSL, Free> ssl_;
  const bool server_;
  const Send send_;
  std::string failure_;
};

} // namespace fanlight::load
