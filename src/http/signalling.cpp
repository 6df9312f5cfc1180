#include "http/signalling.h"

#include <utility>

#include "base/log.h"
#include "http/connection.h"

namespace fanlight::http {
namespace {

char kProtocol[] = "fanlight.v1";

} // namespace

Signalling::Signalling(const config::WebRtc& webrtc, session::Directory& directory,
                       const Limits& limits)
    : webrtc_(webrtc), directory_(directory),
      limits_(limits), server_{directory,
                               limits,
                               [this](const char* type) { return cameras_message(type); },
                               {},
                               [this](Client& client) { clients_.erase(&client); }} {
  directory_.add_observer(*this);
}

Signalling::~Signalling() { directory_.remove_observer(*this); }

std::string Signalling::cameras_message(const char* type) const {
  json::Writer json;
  json.object([&] {
    json.member("type", type);
    if (std::string_view{type} == "hello") {
      json.member("version", FANLIGHT_VERSION);
      json::write_ice_servers(json, webrtc_.browser_ice_servers);
    }
    json.array("cameras", [&] {
      for (const session::CameraInfo& camera : directory_.cameras())
        json.object([&] { json::write_members(json, camera); });
    });
  });
  return json.text();
}

void Signalling::upgrade(const ExchangePtr& exchange) {
  if (!exchange->has_header("Upgrade")) {
    exchange->set_header("Upgrade", "websocket");
    exchange->set_header("Connection", "Upgrade");
    return exchange->respond(Problem{426, "websocket_only", "this is a WebSocket", {}});
  }
  if (!server_.refusal.empty()) return exchange->respond(Error{Errc::unavailable, server_.refusal});
  const Connection* asking = Connection::of(exchange->message());
  if (asking == nullptr || !asking->admits_socket())
    return exchange->respond(Error{Errc::busy, "your address has its share of the WebSockets"});

  char* protocols[] = {kProtocol, nullptr};
  // A client that wants some other protocol is served without one, and decides for itself.
  char** offered = exchange->header("Sec-WebSocket-Protocol").find(kProtocol) == std::string::npos
                       ? nullptr
                       : protocols;
  SoupServerMessage* message = exchange->message();
  if (!soup_websocket_server_process_handshake(message, nullptr, offered, nullptr, nullptr))
    return; // libsoup has answered.
  Connection::of(message)->take_socket();
  g_signal_connect_swapped(message, "wrote-informational",
                           G_CALLBACK(+[](Signalling* self, SoupServerMessage* written) {
                             g_signal_handlers_disconnect_by_data(written, self);
                             self->adopt(written);
                           }),
                           this);
}

void Signalling::adopt(SoupServerMessage* message) {
  const Owned<SoupServerMessage> kept = share(message); // Stealing frees it otherwise.
  Connection* connection = Connection::of(message);
  if (connection == nullptr) return;
  const std::string remote = Exchange{message}.remote_address();
  const auto transport = connection->shared_from_this();
  connection->enter(Connection::Phase::upgraded);
  Owned<GIOStream> stream{soup_server_message_steal_connection(message)};
  if (!stream) return;

  const char* protocol = soup_message_headers_get_one(
      soup_server_message_get_response_headers(message), "Sec-WebSocket-Protocol");
  auto client = std::make_unique<Client>(server_, remote);
  client->begin(std::make_unique<WebSocket>(std::move(stream), soup_server_message_get_uri(message),
                                            protocol, *transport, limits_, *client));
  log::debug("http", {{"client", remote}}, "websocket opened");
  Client* key = client.get();
  clients_.emplace(key, std::move(client));
}

void Signalling::drain(const std::string& message) {
  server_.refusal = message;
  for (const auto& [key, client] : clients_) client->say_goodbye(message);
}

void Signalling::on_camera_changed(const session::CameraInfo& info) {
  News& news = news_[info.id];
  const gint64 since = g_get_monotonic_time() - news.told_at;
  const gint64 period = std::chrono::microseconds{limits_.push}.count();
  if (news.state != info.best.state || news.told_at == 0 || since >= period) return tell(info);
  if (news.later.running()) return;
  // Whatever else happens until then is told with it.
  news.later.once(
      std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds{period - since}),
      [this, id = info.id] {
        if (const auto camera = directory_.camera(id)) tell(*camera);
      });
}

void Signalling::on_cameras_replaced() {
  std::erase_if(news_, [this](const auto& news) { return !directory_.camera(news.first); });
  const std::string message = cameras_message("cameras");
  for (const auto& [key, client] : clients_) client->push(message, "cameras");
}

void Signalling::tell(const session::CameraInfo& info) {
  News& news = news_[info.id];
  news.state = info.best.state;
  news.told_at = g_get_monotonic_time();
  news.later.stop();
  json::Writer json;
  json.object([&] {
    json.member("type", "camera");
    json.object("camera", [&] { json::write_members(json, info); });
  });
  const std::string message = json.text();
  for (const auto& [key, client] : clients_) client->push(message, "camera " + info.id);
}

} // namespace fanlight::http
