#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <gio/gio.h>

#include "base/main_loop.h"
#include "http/limits.h"
#include "http/owned.h"

typedef struct _SoupServerMessage SoupServerMessage;

namespace fanlight::http {

/// One TCP connection: its deadlines, and the bytes that the server keeps for it. If it misses a
/// deadline, it is shut down; libsoup then sees the end of the stream and releases the connection.
///
/// Threads: main only. Lifetime: owned by Crowd; ends with its GIOStream.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  enum class Phase {
    head,      ///< The client must send a request.
    body,      ///< The client must send the rest of a request.
    answering, ///< The server must answer.
    writing,   ///< The client must read the answer.
    idle,      ///< Kept alive between requests.
    upgraded,  ///< A WebSocket; its pings detect a lost client.
  };
  /// The part that all connections share.
  struct Host {
    virtual ~Host() = default;
    /// Whether the connection may become a WebSocket; may end another WebSocket for it.
    virtual bool admits_socket(const HttpConnection& connection) = 0;
    /// Its phase, since() or its sessions have changed, or it is a WebSocket now.
    virtual void on_changed(HttpConnection& connection) = 0;
    /// The connection of a proxy serves a client of `network` from now on; false: that client has
    /// used up its share.
    virtual bool on_client(HttpConnection& connection, const std::string& network) = 0;
    virtual void on_socket(HttpConnection& connection) = 0;
    /// The connection held `before` bytes until now.
    virtual void on_held(HttpConnection& connection, std::size_t before) = 0;
    /// Whether data of the connection may be read in this turn of the loop.
    virtual bool admits_reading(const HttpConnection& connection) = 0;
    /// Whether a connection that was not admitted may try again in this turn.
    virtual bool calls(const HttpConnection& connection) = 0;
    /// Counts work for the connection.
    virtual void on_cost(const HttpConnection& connection, std::size_t cost) = 0;
  };

  HttpConnection(GSocketConnection* stream, GSocketAddress* remote, const Limits& limits,
                 Host& host);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// The connection of a message; null once it is closed.
  static HttpConnection* of(SoupServerMessage* message);

  void enter(Phase phase);
  Phase phase() const { return phase_; }
  gint64 since() const { return since_; } ///< When the phase began, monotonic µs.
  /// network_of() the client's address.
  const std::string& network() const { return network_; }
  /// The request at hand comes from `network`: the connection counts for it. False: that has used
  /// up its share.
  bool serve(const std::string& network);

  bool admits_socket() const { return host_.admits_socket(*this); }
  /// Takes a place among the WebSockets until its end.
  void take_socket();
  bool is_socket() const { return is_socket_; }
  /// The number of sessions on the WebSocket: one without sessions is ended first.
  void set_sessions(std::size_t sessions);
  std::size_t sessions() const { return sessions_; }

  /// Whether data may be read in this turn of the loop.
  bool may_read() const { return given_up_ || host_.admits_reading(*this); }
  /// Whether a connection that was not admitted may try again in this turn.
  bool is_called() const { return given_up_ || host_.calls(*this); }
  /// Counts work in this turn (see Rota).
  void charge(std::size_t cost) const {
    if (!given_up_) host_.on_cost(*this, cost);
  }

  /// Counts bytes that have arrived.
  void on_bytes(std::size_t bytes);
  /// The rest of this request is not kept.
  void discard();
  /// So many bytes of the WebSocket's message `number` have arrived; 0: the message is complete.
  void on_message_part(std::uint64_t number, std::size_t bytes);
  /// The size of the answer to the current request.
  void answer(std::size_t bytes) { answer_ = bytes; }
  /// So many bytes are queued until the client of the WebSocket reads them.
  void on_queued(std::size_t bytes);
  /// Bytes in flight: of requests that are incomplete or not answered, and of answers that are not
  /// read.
  std::size_t held() const { return input_ + output_; }

  /// Shuts the connection down in both directions at once.
  void shut_down();
  /// The same; the connection also gives up its place.
  void give_up();
  bool given_up() const { return given_up_; }

  int descriptor() const;

  /// Body bytes of the current request that have arrived.
  std::size_t body_bytes = 0;

 private:
  friend class Crowd; // Changes network_ while it has the connection in none of its lists.

  void hold(std::size_t input, std::size_t output);
  void write(bool begins);
  void limit(Limits::Duration time, const char* overdue);

  // Given.
  GSocketConnection* const stream_;    ///< Not owned: this object ends with it.
  const Owned<GSocketAddress> remote_; ///< libsoup returns this very object for each message, by
                                       ///< which of() finds the connection of a message.
  const Limits& limits_;
  Host& host_;
  // Owned.
  std::string network_;
  Phase phase_ = Phase::head;
  gint64 since_ = 0;
  Timer deadline_;
  bool is_socket_ = false;
  bool discarding_ = false;
  bool given_up_ = false;
  std::size_t sessions_ = 0;
  std::uint64_t message_ = 0; ///< The message whose deadline runs.
  std::size_t input_ = 0;
  std::size_t output_ = 0;
  std::size_t answer_ = 0;
  gint64 answer_due_ = 0; ///< When the client must have read all of it, monotonic µs.
};

} // namespace fanlight::http
