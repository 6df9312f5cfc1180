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

/// The certificate of all viewers of this process; new in each process.
class Identity {
 public:
  /// `profiles` of SRTP in OpenSSL's notation, separated by colons, the preferred one first.
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

/// The handshake of one viewer. Keep it until the server sends media: until then, the last flight
/// may have to be sent again.
class Dtls {
 public:
  using Send = std::function<void(Bytes)>;

  Dtls(const Identity& identity, bool server, Send send);

  void start() { advance(); }
  void receive(Bytes datagram);
  /// Repeats lost flights; call it about every 25 ms until done().
  void tick();
  bool done() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  /// The fatal error; empty: none so far.
  const std::string& failure() const { return failure_; }
  /// Requires done(). Errc::unsupported if SRTP was not negotiated; Errc::invalid if the server's
  /// certificate does not match `fingerprint`, an a=fingerprint value; an empty one matches all.
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
