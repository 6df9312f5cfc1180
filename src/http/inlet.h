#pragma once

#include <memory>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

class HttpConnection;

/// The stream by which libsoup reads a connection.
///
/// It counts what arrives, and reads no more than is the connection's share of a turn of the main
/// loop (libsoup reads for as long as data is there). And where an idle connection ends it gives
/// libsoup a last line before the end, if libsoup needs that. libsoup before 3.3 looks after a
/// connection only between the first byte of a request and the end of its answer: one that ended
/// between two requests kept its descriptor for ever. A line is the beginning of a request, one
/// that ends in an error, after which libsoup closes the connection and lets it go. Nobody is told
/// of that request.
class Inlet {
 public:
  explicit Inlet(GSocket* socket);

  /// For libsoup; closing it closes the socket. What it does is told to the connection.
  GSocketConnection* stream() const { return stream_.get(); }
  void set_connection(std::weak_ptr<HttpConnection> connection);

 private:
  Owned<GSocketConnection> stream_;
  GInputStream* input_ = nullptr; ///< Of stream_.
};

} // namespace fanlight::http
