#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "webrtcfanout/dtls/fingerprint.h"

namespace fanlight::fanout {

struct FreeSslContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// The requirements of a handshake, and why it rejected the viewer, if it did.
struct HandshakeTerms {
  Fingerprint fingerprint; ///< Of the viewer's certificate, from its offer.
  std::string refusal;
};

/// The settings of all handshakes under one certificate. Null if OpenSSL fails.
std::unique_ptr<SSL_CTX, FreeSslContext> make_dtls_context(X509* certificate, EVP_PKEY* key);

/// The server of a handshake with these terms, which outlive it. Null if OpenSSL fails.
std::unique_ptr<SSL, FreeSsl> make_dtls_server(SSL_CTX* context, HandshakeTerms* terms);

/// OpenSSL's last error on this thread, for operators; clears all errors.
std::string take_openssl_error();

} // namespace fanlight::fanout
