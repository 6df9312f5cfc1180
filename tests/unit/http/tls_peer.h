#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "http/tls_context.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace fanlight::test {

/// Writes a certificate for 127.0.0.1 and its key into `folder`, as server.tls takes them.
http::TlsFiles write_certificate(const std::filesystem::path& folder);

/// The client's end of a TLS connection over a socket that does not block. It trusts anybody.
class TlsPeer {
 public:
  /// `newest` is the newest version that it speaks, 0 for any.
  explicit TlsPeer(int descriptor, int newest = 0);
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  /// Goes on with the handshake; true: it is over.
  bool shake_hands();
  /// Sends what the socket takes at once; the number of bytes.
  std::size_t offer(const std::string& bytes);
  /// Sends a KeyUpdate, which asks for another one in return if `asks`; false: the socket takes no
  /// more, or the connection has failed.
  bool update_key(bool asks);
  /// Makes each record of TLS 1.3 that follows as large as one can be.
  void pad_records();
  /// Asks for another handshake, which only TLS 1.2 has.
  void renegotiate();
  /// What has come so far.
  const std::string& received();
  bool failed() const { return failed_; }
  /// The server has said that nothing follows.
  bool closed() const { return closed_; }
  /// The SHA-256 of the server's certificate.
  std::string fingerprint() const;
  const char* version() const;

 private:
  bool check(int result);

  SSL_CTX* context_;
  SSL* ssl_;
  std::string received_;
  bool failed_ = false;
  bool closed_ = false;
};

} // namespace fanlight::test
