#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <gio/gio.h>

#include "http/owned.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace fanlight::http {

/// The server's end of a TLS connection over a socket.
///
/// OpenSSL and not GIO's TLS: that runs each handshake as a blocking call on a thread of GLib's
/// pool, so a few clients that do not answer would hold up the handshakes of all others. Here the
/// handshake is part of reading and never blocks.
/// Threads: main only. Lifetime: shared by the streams of its connection.
class TlsSession {
 public:
  /// Null: OpenSSL has no memory. The session keeps `context`, also if the server renews its own.
  static std::shared_ptr<TlsSession> create(GSocket* socket, SSL_CTX* context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Like g_pollable_input_stream_read_nonblocking(). The first reads do the handshake.
  gssize read(void* buffer, gsize count, GError** error);
  /// Like g_pollable_output_stream_write_nonblocking(). All bytes but the last one of a call may be
  /// sent: if the kernel takes only a part of a record, the last byte counts as not written until
  /// the kernel has the rest. So a caller whose bytes all count as written may close the
  /// connection, and one whose write would block may write other bytes first.
  gssize write(const void* buffer, gsize count, GError** error);
  /// Tells the client that nothing follows.
  void close();

  /// Whether read() may return bytes although the socket is not readable.
  bool has_pending() const;
  /// Whether write() may write.
  bool is_writable();
  /// Whether read() goes on with the handshake as soon as the socket is writable.
  bool wants_to_write() const;

  /// What the session has read since the last call, encrypted.
  std::size_t take_received();
  /// True once: the client has begun a handshake, which takes computing.
  bool take_handshake();

 private:
  struct Bio;
  static constexpr std::size_t kHead = 9; ///< Of the first record and of the message in it.
  explicit TlsSession(GSocket* socket) : socket_(share(socket)) {}
  bool is_hello(const char* bytes, std::size_t size);
  bool flush(GError** error);
  gssize fail(GError** error);

  // Owned.
  const Owned<GSocket> socket_;
  SSL* ssl_ = nullptr;
  std::string unsent_; ///< Records.
  std::string head_;   ///< The first kHead bytes.
  std::size_t received_ = 0;
  std::size_t left_ = 0; ///< What the read() that runs may still take from the socket.
  int key_updates_ = 0;  ///< Since the last text.
  bool refused_ = false; ///< Nothing more is read: the client misuses the protocol.
  bool counted_ = false; ///< take_handshake() has returned true.
  bool ended_ = false;   ///< The socket has.
  bool owes_ = false;    ///< The first byte of the next write() is in a record already.
  bool broken_ = false;
};

} // namespace fanlight::http
