#include "http/connection.h"

#include <libsoup/soup.h>

#include "base/log.h"
#include "http/address.h"

namespace fanlight::http {
namespace {

GQuark connection_quark() {
  static const GQuark quark = g_quark_from_static_string("fanlight-http-connection");
  return quark;
}

const char* overdue(Connection::Phase phase) {
  switch (phase) {
  case Connection::Phase::head: return "its request did not arrive in time";
  case Connection::Phase::body: return "its request body did not arrive in time";
  case Connection::Phase::writing: return "it does not read the answer";
  default: return "idle";
  }
}

} // namespace

Connection::Connection(GSocketConnection* stream, GSocketAddress* remote, const Limits& limits)
    : stream_(stream), remote_(share(remote)), limits_(limits) {
  g_object_set_qdata(G_OBJECT(remote), connection_quark(), this);
  enter(Phase::head);
}

Connection::~Connection() {
  g_object_set_qdata(G_OBJECT(remote_.get()), connection_quark(), nullptr);
}

Connection* Connection::of(SoupServerMessage* message) {
  GSocketAddress* remote = soup_server_message_get_remote_address(message);
  if (remote == nullptr) return nullptr;
  return static_cast<Connection*>(g_object_get_qdata(G_OBJECT(remote), connection_quark()));
}

void Connection::enter(Phase phase) {
  if (phase_ == Phase::upgraded) return;
  phase_ = phase;
  since_ = g_get_monotonic_time();
  Limits::Duration time{};
  switch (phase) {
  case Phase::head: time = limits_.head; break;
  case Phase::body: time = limits_.body; break;
  case Phase::writing: time = limits_.write; break;
  case Phase::idle: time = limits_.idle; break;
  case Phase::answering:
  case Phase::upgraded: deadline_.stop(); return;
  }
  deadline_.once(time, [this] {
    log::debug("http", {{"client", to_string(remote_.get())}},
               std::string{"closing the connection: "} + overdue(phase_));
    shut_down();
  });
}

void Connection::shut_down() {
  deadline_.stop();
  g_socket_shutdown(g_socket_connection_get_socket(stream_), TRUE, TRUE, nullptr);
}

int Connection::descriptor() const {
  return g_socket_get_fd(g_socket_connection_get_socket(stream_));
}

} // namespace fanlight::http
