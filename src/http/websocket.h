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

/// One WebSocket of the server: text messages in both directions, pings, and a bound on what waits
/// for a client that reads slowly.
///
/// libsoup queues what is sent without limit and does not miss a pong; both are done here. Messages
/// are given to libsoup only while the kernel takes them. Threads: main only.
class WebSocket {
 public:
  /// What many of them are sent is one text.
  using Text = std::shared_ptr<const std::string>;

  struct Observer {
    virtual ~Observer() = default;
    virtual void on_text(const std::string& text) = 0;
    virtual void on_unreadable(std::size_t bytes) = 0; ///< Binary, or larger than Limits::message.
    /// The client is gone or was sent away. In a turn of its own, like on_closed.
    virtual void on_ended(const std::string& why) = 0;
    virtual void on_closed() = 0; ///< Nothing is left to do: the WebSocket may be destroyed.
  };

  /// `stream` is what libsoup gave away after the handshake of a request to `uri` by `connection`.
  WebSocket(Owned<GIOStream> stream, GUri* uri, const char* protocol, HttpConnection& connection,
            const Limits& limits, Observer& observer);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Queues a message. One that still waits under the same `key` is replaced: the newer tells all.
  void send(Text text, std::string key = {});
  void send(std::string text) { send(std::make_shared<const std::string>(std::move(text))); }
  /// Keeps what is sent from now on until it fills a packet, until this is called with false: for
  /// many short messages at once, of which each packet would cost more than the message.
  void hold_packets(bool hold);
  /// Sends what waits, then closes.
  void close(SoupWebsocketCloseCode code, const char* why);
  /// How many sessions its client has by now.
  void set_sessions(std::size_t sessions);
  /// A message of it makes so much work (see Rota).
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
  const std::weak_ptr<HttpConnection> transport_; ///< May end before us, with the listener.
  // Owned.
  const Owned<GIOStream> stream_; ///< Without our guard; closed last.
  Owned<SoupWebsocketConnection> connection_;
  GPollableOutputStream* output_ = nullptr; ///< Of stream_.
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t given_bytes_ = 0; ///< Of what libsoup could not write whole.
  guint output_source_ = 0;
  int missed_pongs_ = 0;
  bool ended_ = false;
  Timer pong_check_;
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by what we post.
};

} // namespace fanlight::http
