#include "http/websocket.h"

#include <algorithm>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "http/fair_stream.h"

namespace fanlight::http {
namespace {

/// The most that the kernel may hold unsent: small, so that slow clients get fresh data.
constexpr int kUnsentBytes = 128 * 1024;

constexpr int kMaxMissedPongs = 2;

} // namespace

WebSocket::WebSocket(Owned<GIOStream> stream, GUri* uri, const char* protocol,
                     HttpConnection& connection, const Limits& limits, Observer& observer)
    : limits_(limits), observer_(observer), transport_(connection.weak_from_this()),
      stream_(std::move(stream)) {
  setsockopt(connection.descriptor(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes,
             sizeof kUnsentBytes);
  output_ = G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream_.get()));
  const Owned<GIOStream> guarded =
      guard_websocket(stream_.get(), limits.refused_message, transport_);
  // No extensions: a compressed message could grow a thousandfold here.
  connection_.reset(soup_websocket_connection_new(
      guarded.get(), uri, SOUP_WEBSOCKET_CONNECTION_SERVER, nullptr, protocol, nullptr));
  soup_websocket_connection_set_max_incoming_payload_size(connection_.get(),
                                                          limits.refused_message);

  g_signal_connect_swapped(
      connection_.get(), "message",
      G_CALLBACK(+[](WebSocket* self, int type, GBytes* data) { self->on_message(type, data); }),
      this);
  g_signal_connect_swapped(connection_.get(), "pong",
                           G_CALLBACK(+[](WebSocket* self, GBytes*) { self->missed_pongs_ = 0; }),
                           this);
  g_signal_connect_swapped(
      connection_.get(), "error",
      G_CALLBACK(+[](WebSocket* self, GError* error) { self->end(error->message); }), this);
  g_signal_connect_swapped(
      connection_.get(), "closing",
      G_CALLBACK(+[](WebSocket* self) { self->end("the client closed the WebSocket"); }), this);
  g_signal_connect_swapped(connection_.get(), "closed", G_CALLBACK(+[](WebSocket* self) {
                             self->end("the connection broke");
                             g_io_stream_close(self->stream_.get(), nullptr, nullptr);
                             self->post_to_observer([](Observer& o) { o.on_closed(); });
                           }),
                           this);

  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limits.ping).count();
  soup_websocket_connection_set_keepalive_interval(connection_.get(),
                                                   static_cast<guint>(std::max<long>(seconds, 1)));
  pong_check_.every(limits.ping, [this] { check_pong(); });
}

WebSocket::~WebSocket() {
  if (output_source_ != 0) g_source_remove(output_source_);
  g_signal_handlers_disconnect_by_data(connection_.get(), this);
  connection_.reset();
  g_io_stream_close(stream_.get(), nullptr, nullptr);
}

bool WebSocket::writable() const { return g_pollable_output_stream_is_writable(output_); }

/// libsoup writes what it can at once, and copies the rest.
void WebSocket::give(const Text& text) {
  soup_websocket_connection_send_text(connection_.get(), text->c_str());
  given_bytes_ = writable() ? 0 : text->size();
}

void WebSocket::send(Text text, std::string key) {
  if (ended_) return;
  if (waiting_.empty() && writable()) {
    give(text);
    tell_queued();
    if (given_bytes_ > 0) watch_output();
    return;
  }
  const auto older = std::find_if(waiting_.begin(), waiting_.end(), [&key](const Waiting& waiting) {
    return !key.empty() && waiting.key == key;
  });
  waiting_bytes_ += text->size();
  if (older != waiting_.end()) {
    waiting_bytes_ -= older->text->size();
    older->text = std::move(text);
  } else {
    waiting_.push_back({std::move(key), std::move(text)});
  }
  if (waiting_bytes_ > limits_.send_queue) {
    waiting_.clear();
    close(SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "the client reads too slowly");
    return;
  }
  tell_queued();
  watch_output();
}

void WebSocket::hold_packets(bool hold) {
  const auto transport = transport_.lock();
  if (!transport) return;
  const int on = hold ? 1 : 0;
  setsockopt(transport->descriptor(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

void WebSocket::tell_queued() {
  if (const auto transport = transport_.lock()) transport->on_queued(waiting_bytes_ + given_bytes_);
}

void WebSocket::charge(std::size_t cost) {
  if (const auto transport = transport_.lock()) transport->charge(cost);
}

void WebSocket::set_sessions(std::size_t sessions) {
  if (const auto transport = transport_.lock()) transport->set_sessions(sessions);
}

void WebSocket::watch_output() {
  if (output_source_ != 0) return;
  GSource* source = g_pollable_output_stream_create_source(output_, nullptr);
  const GPollableSourceFunc ready = +[](GObject*, gpointer self) -> gboolean {
    static_cast<WebSocket*>(self)->output_source_ = 0;
    static_cast<WebSocket*>(self)->pump();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(source, G_SOURCE_FUNC(ready), this, nullptr);
  output_source_ = g_source_attach(source, nullptr);
  g_source_unref(source);
}

void WebSocket::pump() {
  if (writable()) given_bytes_ = 0;
  while (!waiting_.empty() && writable()) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= next.text->size();
    give(next.text);
  }
  tell_queued();
  if (!waiting_.empty() || given_bytes_ > 0) watch_output();
}

void WebSocket::check_pong() {
  if (++missed_pongs_ > kMaxMissedPongs)
    close(SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "the client does not answer pings");
}

void WebSocket::close(SoupWebsocketCloseCode code, const char* why) {
  pong_check_.stop();
  for (const Waiting& last : waiting_) {
    soup_websocket_connection_send_text(connection_.get(), last.text->c_str());
    given_bytes_ += last.text->size();
  }
  waiting_.clear();
  waiting_bytes_ = 0;
  tell_queued();
  if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close(connection_.get(), static_cast<gushort>(code), why);
  end(why);
}

void WebSocket::end(const std::string& why) {
  if (std::exchange(ended_, true)) return;
  pong_check_.stop();
  post_to_observer([why](Observer& observer) { observer.on_ended(why); });
}

/// In a later turn: this may be inside a read of libsoup, or a call of the observer.
void WebSocket::post_to_observer(std::function<void(Observer&)> call) {
  post([this, alive = std::weak_ptr{alive_}, call = std::move(call)] {
    if (!alive.expired()) call(observer_);
  });
}

void WebSocket::on_message(int type, GBytes* data) {
  if (ended_) return;
  missed_pongs_ = 0;
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(data, &size));
  if (type != SOUP_WEBSOCKET_DATA_TEXT || size > limits_.message)
    return observer_.on_unreadable(size);
  observer_.on_text(std::string{text, size});
}

} // namespace fanlight::http
