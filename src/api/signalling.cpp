#include "api/signalling.h"

#include <utility>
#include <vector>

#include "api/turn.h"
#include "api/views.h"
#include "base/log.h"
#include "http/http_connection.h"

namespace fanlight::http {
namespace {

char kProtocol[] = "fanlight.v1";

} // namespace

Signalling::Signalling(const config::WebRtc& webrtc, const auth::Policy& policy,
                       cameras::CameraDirectory& directory, session::Directory& sessions,
                       CameraList& cameras, const Limits& limits, std::string page_version)
    : webrtc_(webrtc), directory_(directory), cameras_(cameras), limits_(limits),
      page_version_(std::move(page_version)),
      server_{webrtc,
              policy,
              sessions,
              limits,
              [this](const char* type, std::function<void(WebSocket::Text)> done) {
                cameras_.get([this, type, done = std::move(done)](const CameraList::Texts& texts) {
                  done(cameras_message(type, texts));
                });
              },
              {},
              [this](WebSocketClient& client) { forget(client); }},
      news_([](CameraNews::Client client, const std::vector<const CameraNews::Item*>& items) {
        static_cast<WebSocketClient*>(client)->push(items);
      }) {
  directory_.add_observer(*this);
}

Signalling::~Signalling() { directory_.remove_observer(*this); }

WebSocket::Text Signalling::cameras_message(const std::string& type,
                                            const CameraList::Texts& texts) {
  if (std::exchange(messages_of_, texts.number) != texts.number) messages_.clear();
  WebSocket::Text& message = messages_[type];
  if (message) return message;
  json::Writer json;
  json.object([&] {
    json.member("type", type);
    if (type == "hello") {
      json.member("version", FANLIGHT_VERSION);
      json.member("page_version", page_version_);
      json.member("layouts", layouts_);
      // Credentials come with the answer to an offer, for that one session.
      const auto open = open_ice_servers(webrtc_.browser_ice_servers);
      json::write_ice_servers(json, open);
      json.member("more_ice_servers", open.size() < webrtc_.browser_ice_servers.size());
    }
  });
  std::string text = json.text();
  text.pop_back(); // The brace: the cameras are written already.
  return message =
             std::make_shared<const std::string>(text + ",\"cameras\":" + texts.cameras + '}');
}

void Signalling::upgrade(const ExchangePtr& exchange) {
  if (!exchange->has_header("Upgrade")) {
    exchange->set_header("Upgrade", "websocket");
    exchange->set_header("Connection", "Upgrade");
    return exchange->respond(
        Problem{Failure::websocket_only,
                {"websocket_only"_reason,
                 "this address accepts only WebSocket connections (docs/signalling.md)"}});
  }
  if (server_.refusal) return exchange->respond(*server_.refusal);
  // libsoup reports errors of the handshake below; no WebSocket must make room for such a request.
  const bool good = soup_websocket_server_check_handshake(exchange->message(), nullptr, nullptr,
                                                          nullptr, nullptr);
  const HttpConnection* asking = HttpConnection::of(exchange->message());
  if (good && (asking == nullptr || !asking->admits_socket()))
    return exchange->respond(Error{Errc::busy, Reason{"share_websockets"_reason,
                                                      "your address has used up its share of the "
                                                      "WebSockets"}});

  char* protocols[] = {kProtocol, nullptr};
  // A client that requires another protocol gets none, and decides whether to go on.
  char** offered = exchange->header("Sec-WebSocket-Protocol").find(kProtocol) == std::string::npos
                       ? nullptr
                       : protocols;
  SoupServerMessage* message = exchange->message();
  if (!soup_websocket_server_process_handshake(message, nullptr, offered, nullptr, nullptr))
    return; // libsoup has answered.
  HttpConnection::of(message)->take_socket();
  g_signal_connect_swapped(message, "wrote-informational",
                           G_CALLBACK(+[](Signalling* self, SoupServerMessage* written) {
                             g_signal_handlers_disconnect_by_data(written, self);
                             self->adopt(written);
                           }),
                           this);
}

void Signalling::adopt(SoupServerMessage* message) {
  const Owned<SoupServerMessage> kept = share(message); // Stealing frees it otherwise.
  HttpConnection* connection = HttpConnection::of(message);
  if (connection == nullptr) return;
  // Only the handshake needs the page's headers, which may be long.
  const auth::Principal whole = auth::principal_of_socket(Exchange{message});
  const auth::Principal principal{.address = whole.address, .proxied = whole.proxied};
  const auto transport = connection->shared_from_this();
  connection->enter(HttpConnection::Phase::upgraded);
  Owned<GIOStream> stream{soup_server_message_steal_connection(message)};
  if (!stream) return;

  const char* protocol = soup_message_headers_get_one(
      soup_server_message_get_response_headers(message), "Sec-WebSocket-Protocol");
  auto client = std::make_unique<WebSocketClient>(server_, principal);
  client->begin(std::make_unique<WebSocket>(std::move(stream), soup_server_message_get_uri(message),
                                            protocol, *transport, limits_, *client));
  log::debug("http", {{"client", principal.address}}, "websocket opened");
  WebSocketClient* key = client.get();
  clients_.emplace(key, std::move(client));
  news_.add(key);
}

void Signalling::forget(WebSocketClient& client) {
  news_.remove(&client);
  clients_.erase(&client);
}

void Signalling::drain(const Error& refusal) {
  server_.refusal = refusal;
  for (const auto& [key, client] : clients_) client->say_goodbye(refusal);
}

void Signalling::on_camera_changed(const cameras::CameraInfo& info) {
  Told& told = told_[info.id];
  const gint64 since = g_get_monotonic_time() - told.at;
  const gint64 period = std::chrono::microseconds{limits_.push}.count();
  if (told.state != info.best.state || told.at == 0 || since >= period) return notify(info);
  if (told.later.running()) return;
  // Reports later changes of that time together.
  told.later.once(
      std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds{period - since}),
      [this, id = info.id] {
        if (const auto camera = directory_.camera(id)) notify(*camera);
      });
}

void Signalling::on_cameras_replaced() {
  const auto is_gone = [this](const std::string& id) { return !directory_.camera(id); };
  std::erase_if(told_, [&](const auto& told) { return is_gone(told.first); });
  news_.forget(); // The list tells it.
  cameras_.get([this](const CameraList::Texts& texts) {
    push(cameras_message("cameras", texts), "cameras");
  });
}

void Signalling::push(WebSocket::Text message, const std::string& key) {
  std::vector<WebSocketClient*> clients;
  for (const auto& [known, client] : clients_) clients.push_back(known);
  const std::size_t count = clients.size();
  spread(count, [this, alive = std::weak_ptr{alive_}, clients = std::move(clients),
                 message = std::move(message), key](std::size_t i) {
    if (!alive.expired() && clients_.contains(clients[i])) clients[i]->push(message, key);
  });
}

void Signalling::tell_layouts(const std::string& fingerprint) {
  layouts_ = fingerprint;
  messages_.erase("hello");
  json::Writer json;
  json.object([&] {
    json.member("type", "layouts");
    json.member("layouts", fingerprint);
  });
  push(std::make_shared<const std::string>(json.text()), "layouts");
}

void Signalling::notify(const cameras::CameraInfo& info) {
  Told& told = told_[info.id];
  told.state = info.best.state;
  told.at = g_get_monotonic_time();
  told.later.stop();
  json::Writer json;
  json.object([&] {
    json.member("type", "camera");
    json.object("camera", [&] { json::write_members(json, info); });
  });
  news_.tell(info.id, std::make_shared<const std::string>(json.text()));
}

} // namespace fanlight::http
