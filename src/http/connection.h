#pragma once

#include <functional>
#include <string>

#include <gio/gio.h>

#include "base/main_loop.h"
#include "http/limits.h"
#include "http/owned.h"

typedef struct _SoupServerMessage SoupServerMessage;

namespace fanlight::http {

/// One TCP connection and how long it may take over what it is doing. What misses its deadline is
/// shut down; libsoup then sees the end of the stream and lets the connection go.
///
/// Threads: main only. Lifetime: owned by Listener; dies with the GIOStream, whoever holds that.
class Connection {
 public:
  enum class Phase {
    head,      ///< The client owes us a request.
    body,      ///< ... and the rest of one.
    answering, ///< We owe an answer; no deadline.
    writing,   ///< The client has to take the answer.
    idle,      ///< Kept alive between requests.
    upgraded,  ///< A WebSocket, which keeps its own time.
  };

  Connection(GSocketConnection* stream, GSocketAddress* remote, const Limits& limits);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The connection that a message came by; null once it is closed.
  static Connection* of(SoupServerMessage* message);

  void enter(Phase phase);
  Phase phase() const { return phase_; }
  gint64 since() const { return since_; } ///< When the phase began, monotonic µs.

  /// Whether the client is not in the middle of anything, so that its place may be given away.
  bool waits() const { return phase_ == Phase::head || phase_ == Phase::idle; }

  /// Ends it in both directions, at once.
  void shut_down();

  int descriptor() const;

  /// Body bytes of the current request that arrived so far.
  std::size_t body_bytes = 0;

 private:
  // Given.
  GSocketConnection* const stream_;    ///< Not owned: its death is ours.
  const Owned<GSocketAddress> remote_; ///< libsoup shows this object with each message: the way
                                       ///< back from a message to its connection.
  const Limits& limits_;
  // Owned.
  Phase phase_ = Phase::head;
  gint64 since_ = 0;
  Timer deadline_;
};

} // namespace fanlight::http
