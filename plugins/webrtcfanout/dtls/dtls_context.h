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

/// What our end of a handshake insists on, and why it refused the viewer, if it did.
struct HandshakeTerms {
  Fingerprint fingerprint; ///< Of the viewer's certificate, by its offer.
  std::string refusal;
};

/// The settings of all handshakes under one certificate. Null should OpenSSL fail.
std::unique_ptr<SSL_CTX, FreeSslContext> make_dtls_context(X509* certificate, EVP_PKEY* key);

/// A server's end of a handshake on the terms given, which outlive it. Null should OpenSSL fail.
std::unique_ptr<SSL, FreeSsl> make_dtls_server(SSL_CTX* context, HandshakeTerms* terms);

/// What OpenSSL says last on this thread, for an operator; forgets all of it.
std::string take_openssl_error();

} // namespace fanlight::fanout
