#include "http/http_connection.h"

#include <algorithm>
#include <utility>

#include <libsoup/soup.h>

#include "base/log.h"
#include "base/network.h"
#include "http/address.h"

namespace fanlight::http {
namespace {

GQuark connection_quark() {
  static const GQuark quark = g_quark_from_static_string("fanlight-http-connection");
  return quark;
}

} // namespace

HttpConnection::HttpConnection(GSocketConnection* stream, GSocketAddress* remote,
                               const Limits& limits, Host& host)
    : stream_(stream), remote_(share(remote)), limits_(limits), host_(host),
      network_(network_of(host_of(remote))) {
  g_object_set_qdata(G_OBJECT(remote), connection_quark(), this);
  enter(Phase::head);
}

HttpConnection::~HttpConnection() {
  g_object_set_qdata(G_OBJECT(remote_.get()), connection_quark(), nullptr);
}

HttpConnection* HttpConnection::of(SoupServerMessage* message) {
  GSocketAddress* remote = soup_server_message_get_remote_address(message);
  if (remote == nullptr) return nullptr;
  return static_cast<HttpConnection*>(g_object_get_qdata(G_OBJECT(remote), connection_quark()));
}

void HttpConnection::enter(Phase phase) {
  if (phase_ == Phase::upgraded) return;
  const bool begins = std::exchange(phase_, phase) != phase;
  since_ = g_get_monotonic_time();
  host_.on_changed(*this);
  switch (phase) {
  case Phase::head: return limit(limits_.head, "its request did not arrive in time");
  case Phase::body: return limit(limits_.body, "its request body did not arrive in time");
  // The part that owes the answer has a shorter limit and knows the reason.
  case Phase::answering:
    return limit(limits_.answer + limits_.write, "the server has not answered in time");
  case Phase::writing: return write(begins);
  case Phase::idle:
    hold(0, 0);
    discarding_ = false;
    answer_ = 0;
    return limit(limits_.idle, "idle");
  case Phase::upgraded: hold(0, 0); return deadline_.stop();
  }
}

/// Occasional progress is not enough: otherwise a client could hold a large answer for ever.
void HttpConnection::write(bool begins) {
  using std::chrono::microseconds;
  if (begins) {
    hold(0, answer_);
    answer_due_ = since_ + microseconds{limits_.write}.count() +
                  static_cast<gint64>(answer_ * G_USEC_PER_SEC / limits_.answer_rate);
  }
  const auto left =
      std::chrono::ceil<Limits::Duration>(microseconds{std::max<gint64>(answer_due_ - since_, 0)});
  limit(std::min(limits_.write, left), "the client does not read the answer");
}

void HttpConnection::limit(Limits::Duration time, const char* overdue) {
  if (given_up_) return;
  deadline_.once(time, [this, overdue] {
    log::debug("http", {{"client", to_string(remote_.get())}},
               std::string{"closing the connection: "} + overdue);
    shut_down();
  });
}

bool HttpConnection::serve(const std::string& network) {
  return network == network_ || host_.on_client(*this, network);
}

void HttpConnection::take_socket() {
  if (std::exchange(is_socket_, true)) return;
  host_.on_changed(*this);
  host_.on_socket(*this);
}

void HttpConnection::set_sessions(std::size_t sessions) {
  const bool changes = (std::exchange(sessions_, sessions) == 0) != (sessions == 0);
  if (changes) host_.on_changed(*this);
}

void HttpConnection::on_bytes(std::size_t bytes) {
  charge(bytes);
  const bool request = phase_ == Phase::head || phase_ == Phase::body || phase_ == Phase::idle;
  if (request && !discarding_) hold(input_ + bytes, output_);
}

void HttpConnection::discard() {
  discarding_ = true;
  hold(0, output_);
}

void HttpConnection::on_message_part(std::uint64_t number, std::size_t bytes) {
  if (phase_ != Phase::upgraded) return;
  if (bytes == 0) {
    deadline_.stop();
  } else if (number != message_ || !deadline_.running()) {
    message_ = number;
    limit(limits_.message_time, "a message did not arrive in time");
  }
  hold(bytes, output_);
}

void HttpConnection::on_queued(std::size_t bytes) { hold(input_, bytes); }

void HttpConnection::hold(std::size_t input, std::size_t output) {
  const std::size_t before = held();
  if (given_up_) return;
  input_ = input;
  output_ = output;
  if (held() != before) host_.on_held(*this, before); // May give this connection up.
}

void HttpConnection::shut_down() {
  deadline_.stop();
  g_socket_shutdown(g_socket_connection_get_socket(stream_), TRUE, TRUE, nullptr);
}

void HttpConnection::give_up() {
  given_up_ = true;
  input_ = output_ = 0;
  shut_down();
}

int HttpConnection::descriptor() const {
  return g_socket_get_fd(g_socket_connection_get_socket(stream_));
}

} // namespace fanlight::http
