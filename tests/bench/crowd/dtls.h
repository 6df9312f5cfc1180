#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace fanlight::crowd {

/// The certificate that all viewers of this process show; made anew by each process.
class Identity {
 public:
  Identity();
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

/// What DTLS agreed on for SRTP (RFC 5764): the profile's number and master key and salt, in one
/// string each.
struct SrtpKeys {
  unsigned profile;
  std::vector<std::uint8_t> local;
  std::vector<std::uint8_t> remote;
};

/// The handshake of one viewer. The other side's certificate is taken as it is.
class Dtls {
 public:
  using Send = std::function<void(std::span<const std::uint8_t>)>;

  Dtls(const Identity& identity, bool server, Send send);

  void start() { advance(); }
  void receive(std::span<const std::uint8_t> datagram);
  /// Sends again what was lost; to be called every few milliseconds until done().
  void tick();
  bool done() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  /// Only when done(). Throws std::runtime_error when SRTP was not agreed on.
  SrtpKeys keys() const;
  /// Tells the other side that this is the end.
  void close();

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void advance();
  void flush();

  std::unique_ptr<SSL, Free> ssl_;
  bool server_;
  Send send_;
};

} // namespace fanlight::crowd
