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

/// One TCP connection: how long it may take over what it is doing, and the bytes that it makes us
/// keep. What misses its deadline is shut down; libsoup then sees the end of the stream and lets
/// the connection go.
///
/// Threads: main only. Lifetime: owned by Crowd; dies with the GIOStream, whoever holds that.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  enum class Phase {
    head,      ///< The client owes us a request.
    body,      ///< ... and the rest of one.
    answering, ///< We owe an answer.
    writing,   ///< The client has to take the answer.
    idle,      ///< Kept alive between requests.
    upgraded,  ///< A WebSocket: its pings find out whether the client is there.
  };
  /// What all connections share.
  struct Host {
    virtual ~Host() = default;
    /// Whether the connection may become a WebSocket; for that another may have to go.
    virtual bool admits_socket(const HttpConnection& connection) = 0;
    /// Its phase, since() or its sessions have changed, or it is a WebSocket now.
    virtual void on_changed(HttpConnection& connection) = 0;
    virtual void on_socket(HttpConnection& connection) = 0;
    /// It held `before` bytes until now.
    virtual void on_held(HttpConnection& connection, std::size_t before) = 0;
    /// Whether something of it may be read in this turn of the loop.
    virtual bool admits_reading(const HttpConnection& connection) = 0;
    /// Whether one of which nothing might be read is to try it again in this turn.
    virtual bool calls(const HttpConnection& connection) = 0;
    /// What was done for it.
    virtual void on_cost(const HttpConnection& connection, std::size_t cost) = 0;
  };

  HttpConnection(GSocketConnection* stream, GSocketAddress* remote, const Limits& limits,
                 Host& host);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// The connection that a message came by; null once it is closed.
  static HttpConnection* of(SoupServerMessage* message);

  void enter(Phase phase);
  Phase phase() const { return phase_; }
  gint64 since() const { return since_; } ///< When the phase began, monotonic µs.
  /// Of the client: network_of() its address.
  const std::string& network() const { return network_; }

  bool admits_socket() const { return host_.admits_socket(*this); }
  /// It takes the place of a WebSocket, which it has until its end.
  void take_socket();
  bool is_socket() const { return is_socket_; }
  /// How many sessions the WebSocket has: one without any is the first to go.
  void set_sessions(std::size_t sessions);
  std::size_t sessions() const { return sessions_; }

  /// Whether it may be read from in this turn of the loop.
  bool may_read() const { return given_up_ || host_.admits_reading(*this); }
  /// Whether one that might not be read from is to try it again in this turn.
  bool is_called() const { return given_up_ || host_.calls(*this); }
  /// It has made work in this turn (see Rota).
  void charge(std::size_t cost) const {
    if (!given_up_) host_.on_cost(*this, cost);
  }

  /// Bytes have arrived.
  void on_bytes(std::size_t bytes);
  /// What comes of this request from now on is not kept.
  void discard();
  /// Of the WebSocket's message `number` so many bytes have arrived; 0: all of it.
  void on_message_part(std::uint64_t number, std::size_t bytes);
  /// The answer to its request has so many bytes.
  void answer(std::size_t bytes) { answer_ = bytes; }
  /// So many bytes wait until the client of the WebSocket reads them.
  void on_queued(std::size_t bytes);
  /// Bytes in flight: of what is not whole, not answered or not taken yet.
  std::size_t held() const { return input_ + output_; }

  /// Ends it in both directions, at once.
  void shut_down();
  /// The same, and it counts no more: its place is given away.
  void give_up();
  bool given_up() const { return given_up_; }

  int descriptor() const;

  /// Body bytes of the current request that arrived so far.
  std::size_t body_bytes = 0;

 private:
  void hold(std::size_t input, std::size_t output);
  void write(bool begins);
  void limit(Limits::Duration time, const char* overdue);

  // Given.
  GSocketConnection* const stream_;    ///< Not owned: its death is ours.
  const Owned<GSocketAddress> remote_; ///< libsoup shows this object with each message: the way
                                       ///< back from a message to its connection.
  const Limits& limits_;
  Host& host_;
  // Owned.
  const std::string network_;
  Phase phase_ = Phase::head;
  gint64 since_ = 0;
  Timer deadline_;
  bool is_socket_ = false;
  bool discarding_ = false;
  bool given_up_ = false;
  std::size_t sessions_ = 0;
  std::uint64_t message_ = 0; ///< The one whose deadline runs.
  std::size_t input_ = 0;
  std::size_t output_ = 0;
  std::size_t answer_ = 0;
  gint64 answer_due_ = 0; ///< When its client must have all of it, monotonic µs.
};

} // namespace fanlight::http
