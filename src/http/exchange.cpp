#include "http/exchange.h"

#include <utility>

#include <glib-unix.h>
#include <poll.h>

#include "http/address.h"
#include "http/http_connection.h"
#include "http/query.h"

namespace fanlight::http {
namespace {

/// The status that nginx logs if the client disconnects; it is never sent.
constexpr int kClientLeft = 499;

GQuark client_quark() {
  static const GQuark quark = g_quark_from_static_string("fanlight-http-client");
  return quark;
}

} // namespace

Exchange::Exchange(SoupServerMessage* message) : message_(share(message)) {}

Exchange::~Exchange() {
  if (waiting_ && !answered_)
    respond(Error{Errc::internal, "the server dropped the request without an answer"});
  settle();
}

std::string_view Exchange::method() const { return soup_server_message_get_method(message_.get()); }

std::string Exchange::path() const {
  return g_uri_get_path(soup_server_message_get_uri(message_.get()));
}

std::string Exchange::query(const char* name) const {
  const char* text = g_uri_get_query(soup_server_message_get_uri(message_.get()));
  return text == nullptr ? std::string{} : query_value(text, name);
}

std::string Exchange::header(const char* name) const {
  const char* value =
      soup_message_headers_get_list(soup_server_message_get_request_headers(message_.get()), name);
  return value == nullptr ? std::string{} : std::string{value};
}

bool Exchange::has_header(const char* name) const {
  return soup_message_headers_get_list(soup_server_message_get_request_headers(message_.get()),
                                       name) != nullptr;
}

std::string Exchange::content_type() const {
  const char* type = soup_message_headers_get_content_type(
      soup_server_message_get_request_headers(message_.get()), nullptr);
  return type == nullptr ? std::string{} : take_text(g_ascii_strdown(type, -1));
}

std::optional<std::string> Exchange::read_body() {
  const OwnedBytes bytes{
      soup_message_body_flatten(soup_server_message_get_request_body(message_.get()))};
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  if (size > bound_.bytes) {
    respond(Problem{Failure::too_large, bound_.too_large});
    return std::nullopt;
  }
  return data == nullptr ? std::string{} : std::string{data, size};
}

const Client& Exchange::client() const {
  if (const Client* kept = kept_client(message_.get())) return *kept;
  SoupServerMessage* message = message_.get();
  return keep(message, std::make_unique<Client>(client_of(
                           soup_server_message_get_request_headers(message),
                           {.peer = host_of(soup_server_message_get_remote_address(message)),
                            .version = soup_server_message_get_http_version(message)},
                           {})));
}

const Client* Exchange::kept_client(SoupServerMessage* message) {
  return static_cast<const Client*>(g_object_get_qdata(G_OBJECT(message), client_quark()));
}

const Client& Exchange::keep(SoupServerMessage* message, std::unique_ptr<const Client> client) {
  const Client& kept = *client;
  g_object_set_qdata_full(
      G_OBJECT(message), client_quark(), const_cast<Client*>(client.release()),
      +[](gpointer data) { delete static_cast<Client*>(data); });
  return kept;
}

void Exchange::set_header(const char* name, const std::string& value) {
  soup_message_headers_replace(soup_server_message_get_response_headers(message_.get()), name,
                               value.c_str());
}

void Exchange::add_header(const char* name, const std::string& value) {
  soup_message_headers_append(soup_server_message_get_response_headers(message_.get()), name,
                              value.c_str());
}

void Exchange::respond(int status) { respond(status, nullptr, std::string_view{}); }

void Exchange::respond(int status, const char* type, std::string_view body) {
  const OwnedBytes bytes{g_bytes_new(body.data(), body.size())};
  respond(status, type, bytes.get());
}

void Exchange::respond(int status, const char* type, GBytes* body) {
  if (std::exchange(answered_, true)) return;
  soup_server_message_set_status(message_.get(), static_cast<guint>(status), nullptr);
  if (type != nullptr) set_header("Content-Type", type);
  if (g_bytes_get_size(body) > 0)
    soup_message_body_append_bytes(soup_server_message_get_response_body(message_.get()), body);
  HttpConnection* connection = HttpConnection::of(message_.get());
  if (connection != nullptr) connection->answer(g_bytes_get_size(body));
  if (waiting_) {
    settle();
    if (connection != nullptr) connection->enter(HttpConnection::Phase::writing);
    soup_server_message_unpause(message_.get());
  }
}

void Exchange::respond(const Problem& problem) {
  if (const auto seconds = problem.retry_after())
    set_header("Retry-After", std::to_string(*seconds));
  set_header("Cache-Control", "no-store");
  respond(problem.status(), "application/problem+json", problem.to_json());
}

void Exchange::wait(std::function<void()> gone) {
  waiting_ = true;
  gone_ = std::move(gone);
  disconnected_ =
      g_signal_connect_swapped(message_.get(), "disconnected", G_CALLBACK(+[](Exchange* self) {
                                 self->answered_ = true; // The answer cannot be written any more.
                                 self->client_left();
                               }),
                               this);
  if (HttpConnection* connection = HttpConnection::of(message_.get()))
    connection->enter(HttpConnection::Phase::answering);
  watch_client();
  soup_server_message_pause(message_.get());
}

/// libsoup does not read the socket of a paused message, so it would not notice that the client
/// disconnects.
void Exchange::watch_client() {
  const HttpConnection* connection = HttpConnection::of(message_.get());
  if (connection == nullptr) return;
  hangup_ = g_unix_fd_add(
      connection->descriptor(), static_cast<GIOCondition>(POLLRDHUP),
      +[](gint, GIOCondition, gpointer data) -> gboolean {
        auto* self = static_cast<Exchange*>(data);
        self->hangup_ = 0;
        self->client_left();
        return G_SOURCE_REMOVE;
      },
      this);
}

void Exchange::client_left() {
  const auto gone = std::exchange(gone_, nullptr);
  if (!answered_) respond(kClientLeft); // Lets libsoup notice that and free the message.
  settle();
  if (gone) gone(); // May destroy this object: nothing may follow.
}

void Exchange::settle() {
  gone_ = nullptr;
  if (hangup_ != 0) g_source_remove(std::exchange(hangup_, 0));
  if (disconnected_ != 0)
    g_signal_handler_disconnect(message_.get(), std::exchange(disconnected_, 0));
}

} // namespace fanlight::http
