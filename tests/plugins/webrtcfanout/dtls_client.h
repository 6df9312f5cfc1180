#pragma once

#include <memory>
#include <optional>
#include <string>

#include <openssl/ssl.h>

#include "hex.h"
#include "webrtcfanout/crypto/srtp.h"
#include "webrtcfanout/dtls/datagram_bio.h"
#include "webrtcfanout/dtls/dtls_context.h"

namespace fanlight::fanout {

/// A viewer's certificate, for as many viewers as one likes.
class ViewerIdentity {
 public:
  enum class Kind { ecdsa, rsa };
  explicit ViewerIdentity(Kind kind = Kind::ecdsa);

  /// "sha-256 AB:…", by `hash` as OpenSSL and SDP name it.
  std::string fingerprint(const std::string& hash = "sha-256") const;
  X509* certificate() const { return certificate_.get(); }
  EVP_PKEY* key() const { return key_.get(); }

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  struct FreeX509 {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  std::unique_ptr<EVP_PKEY, FreeKey> key_;
  std::unique_ptr<X509, FreeX509> certificate_;
};

/// A viewer's end of DTLS, all by OpenSSL.
class DtlsClient {
 public:
  struct Options {
    std::string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"; ///< Empty: no SRTP.
    const ViewerIdentity* identity = nullptr;                              ///< Null: none.
    long mtu = 1200;
    std::size_t padding = 0; ///< The ClientHello is larger by this much; 255 at most.
  };
  DtlsClient(const Options& options, std::function<void(Bytes)> send);

  void start() { advance(); }
  void receive(Bytes datagram);
  void close() { SSL_shutdown(ssl_.get()); }
  std::optional<int> timeout_ms() const;
  void on_timeout() { DTLSv1_handle_timeout(ssl_.get()); }

  bool connected() const { return SSL_is_init_finished(ssl_.get()) != 0; }
  bool heard_goodbye() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  const std::string& error() const { return error_; } ///< Of OpenSSL, once it has failed.
  /// "sha-256 AB:…" of the server's certificate; empty as long as there is none.
  std::string peer_fingerprint() const;
  SrtpKey sending_key() const { return key(0); }
  SrtpKey receiving_key() const { return key(1); }

 private:
  void advance();
  SrtpKey key(std::size_t which) const;

  DatagramPort port_;
  std::unique_ptr<SSL_CTX, FreeSslContext> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::string error_;
};

} // namespace fanlight::fanout
