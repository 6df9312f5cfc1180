#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file_watch.h"
#include "base/main_loop.h"
#include "base/result.h"
#include "http/tls_context.h"

namespace fanlight::http {

/// The server's certificate and key, which are read again when a file changes. Connections keep the
/// certificate that they began with.
///
/// Threads: main only. Lifetime: outlives its listener.
class TlsCertificate {
 public:
  /// Errc::invalid names the file, and what to do.
  static Result<std::unique_ptr<TlsCertificate>> create(TlsFiles files);

  /// For the next connection.
  SSL_CTX* context() const { return current_.context.get(); }
  /// Reads the files now. If they are wrong, the log says so, and the previous certificate stays.
  void renew();

 private:
  TlsCertificate(TlsFiles files, TlsContext context);
  void on_changed();
  void check_end() const;

  // Given.
  const TlsFiles files_;
  // Owned.
  TlsContext current_;
  std::string seen_; ///< The SHA-256 of both files as they were read last, right or wrong.
  bool wrong_ = false;
  FileWatch certificate_watch_;
  FileWatch key_watch_;
  Timer daily_;
};

} // namespace fanlight::http
