#pragma once

#include <memory>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

class HttpConnection;
class TlsSession;

/// The stream by which libsoup reads a connection, decrypted if the connection has TLS.
///
/// It counts what arrives, and reads no more than the connection's share of a turn of the main
/// loop, whereas libsoup reads as long as data are there. If an idle connection ends and libsoup
/// needs it, it also gives libsoup one more line before the end: libsoup before 3.3 watches a
/// connection only between the first byte of a request and the end of its answer, and would keep
/// the descriptor of one that ends between two requests for ever. The line begins a request that
/// ends in an error; libsoup then closes and releases the connection. No handler sees that request.
class Inlet {
 public:
  /// Without `tls`, the connection is plain.
  explicit Inlet(GSocket* socket, std::shared_ptr<TlsSession> tls = {});

  /// The stream for libsoup. To close it closes the socket. The connection learns what it does.
  GSocketConnection* stream() const { return stream_.get(); }
  void set_connection(std::weak_ptr<HttpConnection> connection);

 private:
  Owned<GSocketConnection> stream_;
  GInputStream* input_ = nullptr; ///< Of stream_.
};

} // namespace fanlight::http
