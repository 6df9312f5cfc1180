#include "http/server.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include <libsoup/soup.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/network.h"
#include "http/access_log.h"
#include "http/address.h"
#include "http/http_connection.h"
#include "http/listener.h"
#include "http/rota.h"
#include "http/tls_certificate.h"

namespace fanlight::http {
namespace {

/// libsoup keeps connections alive only while it has a listener of its own, but our Listener
/// accepts them. This gives libsoup one end of an unused socket pair as a listener.
class KeepAlive {
 public:
  explicit KeepAlive(SoupServer* server) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
    if (Owned<GSocket> quiet{g_socket_new_from_fd(ends[0], nullptr)})
      soup_server_listen_socket(server, quiet.get(), static_cast<SoupServerListenOptions>(0),
                                nullptr);
    other_.reset(g_socket_new_from_fd(ends[1], nullptr));
  }

 private:
  Owned<GSocket> other_;
};

class SoupHttpServer : public Server {
 public:
  SoupHttpServer(Listening listening, const Limits& limits, Handler handler)
      : listening_(std::move(listening)), limits_(limits), handler_(std::move(handler)),
        soup_(SOUP_SERVER(g_object_new(SOUP_TYPE_SERVER, "raw-paths", TRUE, nullptr))),
        keep_alive_(soup_.get()) {
    g_signal_connect_swapped(soup_.get(), "request-started",
                             G_CALLBACK(&SoupHttpServer::request_started), this);
    soup_server_add_handler(
        soup_.get(), nullptr,
        +[](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer self) {
          charge(message);
          static_cast<SoupHttpServer*>(self)->handler_(std::make_shared<Exchange>(message));
        },
        this, nullptr);
  }

  ~SoupHttpServer() override {
    listener_.reset();
    soup_server_disconnect(soup_.get());
    g_signal_handlers_disconnect_by_data(soup_.get(), this);
  }

  Result<Done> listen() {
    auto listener =
        Listener::create(listening_, limits_,
                         [this](GIOStream* stream, GSocketAddress* local, GSocketAddress* remote) {
                           soup_server_accept_iostream(soup_.get(), stream, local, remote, nullptr);
                         });
    if (!listener) return listener.error();
    listener_ = std::move(listener).value();
    return Done{};
  }

  int port() const override { return listener_->port(); }
  const std::string& address() const override { return listener_->address(); }

 private:
  /// libsoup calls this for the first message of a connection, and at the first byte of each
  /// further request.
  static void request_started(SoupHttpServer* self, SoupServerMessage* message) {
    HttpConnection* connection = HttpConnection::of(message);
    if (connection == nullptr) return;
    connection->enter(HttpConnection::Phase::head);
    connection->body_bytes = 0;
    g_signal_connect_swapped(message, "got-headers", G_CALLBACK(&SoupHttpServer::got_headers),
                             self);
    g_signal_connect_swapped(message, "got-chunk", G_CALLBACK(&SoupHttpServer::got_chunk), self);
    g_signal_connect(message, "got-body", G_CALLBACK(&SoupHttpServer::got_body), nullptr);
    g_signal_connect(
        message, "wrote-body-data",
        G_CALLBACK(+[](SoupServerMessage* written, guint, gpointer) { progress(written); }),
        nullptr);
    g_signal_connect_swapped(message, "wrote-headers",
                             G_CALLBACK(+[](SoupHttpServer* of, SoupServerMessage* written) {
                               of->log_.answer(written);
                             }),
                             self);
    g_signal_connect_swapped(message, "finished", G_CALLBACK(&SoupHttpServer::finished), self);
  }

  /// Charges the request to this turn: a request that posts may open a session.
  static void charge(SoupServerMessage* message) {
    const std::string_view method{soup_server_message_get_method(message)};
    const bool reads = method == "GET" || method == "HEAD" || method == "OPTIONS";
    if (const HttpConnection* connection = HttpConnection::of(message))
      connection->charge(reads ? Rota::kRequest : Rota::kOffer);
  }

  static void got_headers(SoupHttpServer* self, SoupServerMessage* message) {
    self->log_.begin(message);
    const Client& client = self->keep_client(message);
    HttpConnection* connection = HttpConnection::of(message);
    if (connection != nullptr) connection->enter(HttpConnection::Phase::body);
    self->add_headers(client, message);
    if (connection != nullptr && !connection->serve(network_of(client.address)))
      return self->refuse_client(message);
    SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
    if (soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH &&
        soup_message_headers_get_content_length(headers) >
            static_cast<goffset>(self->limits_.offer))
      self->refuse_body(message);
  }

  const Client& keep_client(SoupServerMessage* message) const {
    const auto trusted =
        listening_.trusted_proxies ? listening_.trusted_proxies() : std::vector<std::string>{};
    const Arrival arrival{.peer = host_of(soup_server_message_get_remote_address(message)),
                          .tls = listening_.certificate != nullptr,
                          .version = soup_server_message_get_http_version(message)};
    auto client = std::make_unique<Client>(
        client_of(soup_server_message_get_request_headers(message), arrival, trusted));
    return Exchange::keep(message, std::move(client));
  }

  /// For all answers; the files of the page replace the policy by one of their own.
  void add_headers(const Client& client, SoupServerMessage* message) const {
    Exchange exchange{message};
    exchange.set_header("X-Content-Type-Options", "nosniff");
    exchange.set_header("Referrer-Policy", "no-referrer");
    exchange.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    const std::uint32_t days = listening_.hsts_days ? listening_.hsts_days() : 0;
    if (client.secure && days > 0)
      exchange.set_header("Strict-Transport-Security",
                          "max-age=" + std::to_string(days * std::uint64_t{86'400}));
  }

  void refuse_client(SoupServerMessage* message) {
    refuse(message, problem_of({Errc::busy,
                                Reason{"share_connections"_reason,
                                       "your address has used up its share of the connections"}}));
  }

  static void got_chunk(SoupHttpServer* self, GBytes* chunk, SoupServerMessage* message) {
    HttpConnection* connection = HttpConnection::of(message);
    if (connection == nullptr) return;
    connection->body_bytes += g_bytes_get_size(chunk);
    if (connection->body_bytes > self->limits_.offer) self->refuse_body(message);
    if (connection->body_bytes > self->limits_.refused_body) {
      log::debug("http", {{"client", connection->network()}},
                 "closing the connection: its request body exceeds the limit");
      connection->shut_down();
    }
  }

  void refuse_body(SoupServerMessage* message) {
    refuse(message, {Failure::too_large, body_too_large(limits_.offer)});
  }

  /// libsoup answers only after it has read the whole request, so the rest is read and dropped.
  static void refuse(SoupServerMessage* message, const Problem& problem) {
    if (soup_server_message_get_status(message) != 0) return;
    SoupMessageBody* body = soup_server_message_get_request_body(message);
    soup_message_body_set_accumulate(body, FALSE);
    soup_message_body_truncate(body);
    if (HttpConnection* connection = HttpConnection::of(message)) connection->discard();
    Exchange exchange{message};
    exchange.set_header("Access-Control-Allow-Origin", "*");
    exchange.set_header("Connection", "close");
    exchange.respond(problem);
  }

  /// libsoup has called the handler by now; its answer may come later.
  static void got_body(SoupServerMessage* message) {
    HttpConnection* connection = HttpConnection::of(message);
    if (connection != nullptr && connection->phase() == HttpConnection::Phase::body)
      connection->enter(HttpConnection::Phase::writing);
  }

  static void progress(SoupServerMessage* message) {
    if (HttpConnection* connection = HttpConnection::of(message))
      connection->enter(HttpConnection::Phase::writing);
  }

  static void finished(SoupHttpServer* self, SoupServerMessage* message) {
    self->log_.end(message);
    if (HttpConnection* connection = HttpConnection::of(message))
      connection->enter(HttpConnection::Phase::idle);
  }

  // Given.
  const Listening listening_;
  const Limits limits_;
  const Handler handler_;
  // Owned.
  AccessLog log_;
  const Owned<SoupServer> soup_;
  KeepAlive keep_alive_;
  std::unique_ptr<Listener> listener_;
};

} // namespace

Result<std::unique_ptr<Server>> Server::create(Listening listening, const Limits& limits,
                                               Handler handler) {
  auto server = std::make_unique<SoupHttpServer>(std::move(listening), limits, std::move(handler));
  const auto begun = server->listen();
  if (!begun) return begun.error();
  return std::unique_ptr<Server>{std::move(server)};
}

} // namespace fanlight::http
