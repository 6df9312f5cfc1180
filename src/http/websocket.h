#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <libsoup/soup.h>

#include "base/main_loop.h"
#include "http/http_connection.h"
#include "http/limits.h"
#include "http/owned.h"

namespace fanlight::http {

/// One WebSocket of the server: text messages in both directions, pings, and a limit on the
/// messages queued for a slow client.
///
/// libsoup has no such limit and does not notice missing pongs, so this class does both. It passes
/// messages to libsoup only while the kernel accepts them. Threads: main only.
class WebSocket {
 public:
  /// Shared: many clients get the same text.
  using Text = std::shared_ptr<const std::string>;

  struct Observer {
    virtual ~Observer() = default;
    virtual void on_text(const std::string& text) = 0;
    virtual void on_unreadable(std::size_t bytes) = 0; ///< Binary, or larger than Limits::message.
    /// The client has disconnected or was disconnected. In a later turn, like on_closed.
    virtual void on_ended(const std::string& why) = 0;
    virtual void on_closed() = 0; ///< The last call: the WebSocket may be destroyed.
  };

  /// `stream` is what libsoup released after the handshake of a request to `uri` on `connection`.
  WebSocket(Owned<GIOStream> stream, GUri* uri, const char* protocol, HttpConnection& connection,
            const Limits& limits, Observer& observer);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Queues a message. It replaces a queued message with the same `key`, because the newer one
  /// supersedes it.
  void send(Text text, std::string key = {});
  void send(std::string text) { send(std::make_shared<const std::string>(std::move(text))); }
  /// While `hold` is true, collects what is sent into full packets: for many short messages at
  /// once, of which each would otherwise cost a packet.
  void hold_packets(bool hold);
  /// Sends the queued messages, then closes.
  void close(SoupWebsocketCloseCode code, const char* why);
  /// Sets the number of sessions of its client.
  void set_sessions(std::size_t sessions);
  /// Charges a message to the connection (see Rota).
  void charge(std::size_t cost);

 private:
  struct Waiting {
    std::string key;
    Text text;
  };
  bool writable() const;
  void give(const Text& text);
  void pump();
  void tell_queued();
  void watch_output();
  void check_pong();
  void end(const std::string& why);
  void post_to_observer(std::function<void(Observer&)> call);
  void on_message(int type, GBytes* data);

  // Given.
  const Limits& limits_;
  Observer& observer_;
  /// May end before this object, with the listener.
  const std::weak_ptr<HttpConnection> transport_;
  // Owned.
  const Owned<GIOStream> stream_; ///< The stream without our guard; closed last.
  Owned<SoupWebsocketConnection> connection_;
  GPollableOutputStream* output_ = nullptr; ///< Of stream_.
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t given_bytes_ = 0; ///< Bytes that libsoup could not write completely.
  guint output_source_ = 0;
  int missed_pongs_ = 0;
  bool ended_ = false;
  Timer pong_check_;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by posted tasks.
};

} // namespace fanlight::http
