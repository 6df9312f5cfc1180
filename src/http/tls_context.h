#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

typedef struct ssl_ctx_st SSL_CTX;

namespace fanlight::http {

/// The PEM files of a certificate (with those of its issuers behind it) and of its key.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

/// A certificate with its key, as new connections need it.
struct TlsContext {
  std::shared_ptr<SSL_CTX> context;
  std::int64_t expires = 0; ///< Seconds since 1970.
};

/// Reads both files. TLS 1.2 or later, and only ciphers with forward secrecy. Errc::invalid names
/// the file, and what to do.
Result<TlsContext> read_tls_files(const TlsFiles& files);

} // namespace fanlight::http
