#include "api/websocket_client.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "cameras/refusals.h"
#include "config/request.h"
#include "http/rota.h"

namespace fanlight::http {
namespace {

constexpr std::size_t kMaxName = 64;
constexpr int kRetryAfterMs = 2000;
constexpr std::size_t kCopiedForAByte = 16; ///< Bytes sent that are as much work as one read.

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= kMaxName &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '_' || c == '-'; });
}

/// The code in `closed` if `watch` itself fails.
const char* close_code(Errc code) {
  switch (code) {
  case Errc::invalid: return "bad_offer";
  case Errc::not_found: return "unknown_camera";
  case Errc::no_stream: return "unknown_stream";
  case Errc::busy: return "busy";
  case Errc::unsupported: return "no_common_codec";
  case Errc::unavailable: return "camera_unavailable";
  case Errc::conflict:
  case Errc::internal: break;
  }
  return "internal";
}

/// What of `stream`, `width` and `height` is there and can be meant.
session::StreamPreference preference_of(JsonNode* message) {
  session::StreamPreference preference;
  const auto pixels = [message](const char* name) {
    const auto value = json::integer_member(message, name).value_or(0);
    return value > 0 && value <= session::StreamPreference::kMostPixels ? static_cast<int>(value)
                                                                        : 0;
  };
  preference.stream = json::string_member(message, "stream").value_or("auto");
  preference.width = pixels("width");
  preference.height = pixels("height");
  return preference;
}

} // namespace

WebSocketClient::WebSocketClient(Server& server, auth::Principal principal)
    : server_(server), principal_(std::move(principal)),
      errors_(server.limits.errors_per_socket, server.limits.error),
      refusals_(server.limits.refusals_per_socket, server.limits.refusal) {}

void WebSocketClient::begin(std::unique_ptr<WebSocket> socket) {
  socket_ = std::move(socket);
  greet();
}

void WebSocketClient::greet() {
  server_.cameras("hello", [this, alive = std::weak_ptr{alive_}](WebSocket::Text hello) {
    if (alive.expired()) return;
    greeted_ = true;
    socket_->send(std::move(hello));
  });
}

void WebSocketClient::list() {
  if (std::exchange(listing_, true)) return;
  server_.cameras("cameras", [this, alive = std::weak_ptr{alive_}](const WebSocket::Text& cameras) {
    if (alive.expired()) return;
    listing_ = false;
    socket_->charge(cameras->size() / kCopiedForAByte);
    push(cameras, "cameras");
  });
}

void WebSocketClient::push(const std::vector<const CameraNews::Item*>& news) {
  if (!greeted_) return;
  if (news.size() > 1) socket_->hold_packets(true);
  for (const CameraNews::Item* item : news) socket_->send(item->text, "camera " + item->camera);
  if (news.size() > 1) socket_->hold_packets(false);
}

void WebSocketClient::say_goodbye(const Reason& reason) {
  json::Writer json;
  json.object([&] {
    json.member("type", "goodbye");
    json.member("message", reason);
    json.member("retry_after_ms", kRetryAfterMs);
  });
  socket_->send(json.text());
  socket_->close(SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "the server is shutting down");
}

void WebSocketClient::send_error(const char* code, const std::string& message,
                                 const std::string& session) {
  log::debug("http", {{"client", principal_.address}, {"code", code}}, "websocket: " + message);
  json::Writer json;
  json.object([&] {
    json.member("type", "error");
    json.member("code", code);
    json.member("message", message);
    if (!session.empty()) json.member("session", session);
  });
  socket_->send(json.text());
  if (errors_.ends_with_one_more(g_get_monotonic_time()))
    socket_->close(SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "too many bad messages");
}

void WebSocketClient::refuse(const std::string& session, const session::CloseReason& reason) {
  socket_->send(closed_message(session, reason));
  if (refusals_.ends_with_one_more(g_get_monotonic_time()))
    socket_->close(SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "too many sessions were refused");
}

void WebSocketClient::on_unreadable(std::size_t bytes) {
  if (bytes > server_.limits.message)
    return send_error("too_large", "the message has " + std::to_string(bytes) +
                                       " bytes; the limit is " +
                                       std::to_string(server_.limits.message));
  send_error("bad_message", "messages must be text, not binary");
}

void WebSocketClient::on_text(const std::string& text) {
  const auto message = json::parse_object(text);
  if (!message) return send_error("bad_message", message.error().message);
  const auto type = json::string_member(message->get(), "type");
  if (!type) return send_error("bad_message", "the message has no type");
  if (*type == "list") return list();
  if (*type == "watch") return watch(message->get());
  if (*type == "candidate") return candidate(message->get());
  if (*type == "restart") return restart(message->get());
  if (*type == "select") return select(message->get());
  if (*type == "stop") return stop(message->get());
  send_error("unknown_type",
             "the server does not know messages of the type '" + type->substr(0, kMaxName) + "'",
             json::string_member(message->get(), "session").value_or("").substr(0, kMaxName));
}

void WebSocketClient::watch(JsonNode* message) {
  const auto name = json::string_member(message, "session");
  const auto camera = json::string_member(message, "camera");
  const auto offer = json::string_member(message, "sdp");
  if (!name || !is_name(*name))
    return send_error("bad_message", "session must be 1 to 64 characters of A-Z a-z 0-9 _ -");
  if (!camera || !offer) return send_error("bad_message", "watch needs camera and sdp", *name);
  if (sessions_.contains(*name))
    return send_error("session_in_use",
                      "the session '" + *name + "' already exists on this WebSocket", *name);
  const session::StreamPreference preference = preference_of(message);
  // A name that cannot be an id is not looked up and not repeated.
  if (!config::is_id(*camera)) return refuse(*name, {"unknown_camera", cameras::no_such_camera()});
  if (!config::is_id(preference.stream))
    return refuse(*name, {"unknown_stream", cameras::no_such_stream()});
  const auto refuse_viewer = [&](const char* code, const Reason& why) {
    log::info("http", {{"camera", *camera}, {"client", principal_.address}, {"code", code}},
              "refusing a viewer: " + why.message);
    refuse(*name, {code, why});
  };
  if (const auto refusal = server_.policy.refusal(principal_, auth::Action::view, *camera))
    return refuse_viewer(refusal->code(), refusal->detail);
  if (server_.refusal) return refuse_viewer("shutting_down", *server_.refusal);
  if (sessions_.size() >= server_.limits.sessions_per_socket)
    return refuse_viewer("busy", {"socket_full"_reason,
                                  "this WebSocket has reached its limit of {limit} sessions",
                                  {{"limit", server_.limits.sessions_per_socket}}});

  session::Directory::OpenOptions options;
  options.signalling = "websocket";
  options.remote_address = principal_.address;
  options.preference = preference;
  auto session = std::make_unique<WebSocketSession>(
      *name, server_.webrtc, server_.limits,
      [this](std::string text) { socket_->send(std::move(text)); },
      [this](WebSocketSession& ended) { forget(ended); });
  const auto opened = server_.directory.open(*camera, *offer, options, *session);
  if (!opened) return refuse_viewer(close_code(opened.error().code), opened.error());
  socket_->charge(Rota::kOffer);
  session->begin(**opened);
  sessions_.emplace(*name, std::move(session));
  socket_->set_sessions(sessions_.size());
}

void WebSocketClient::forget(const WebSocketSession& ended) {
  sessions_.erase(std::string{ended.name()});
  socket_->set_sessions(sessions_.size());
}

WebSocketSession* WebSocketClient::find(JsonNode* message) {
  const auto name = json::string_member(message, "session");
  if (!name) {
    send_error("bad_message", "the message needs the member session");
    return nullptr;
  }
  const auto found = sessions_.find(*name);
  if (found != sessions_.end()) return found->second.get();
  send_error("unknown_session", "this WebSocket has no session of that name",
             name->substr(0, kMaxName));
  return nullptr;
}

void WebSocketClient::candidate(JsonNode* message) {
  WebSocketSession* session = find(message);
  if (session == nullptr) return;
  session::Candidate candidate; // Empty: the end of candidates.
  JsonNode* init = json::member(message, "candidate");
  if (init == nullptr || !(JSON_NODE_HOLDS_NULL(init) || JSON_NODE_HOLDS_OBJECT(init)))
    return send_error("bad_message", "candidate must be an RTCIceCandidateInit or null",
                      session->name());
  if (JSON_NODE_HOLDS_OBJECT(init)) {
    const auto text = json::string_member(init, "candidate");
    if (!text || text->find_first_of("\r\n") != std::string::npos)
      return send_error("bad_message", "candidate.candidate must be one line of text",
                        session->name());
    const auto index = json::integer_member(init, "sdpMLineIndex");
    candidate.candidate = text->starts_with("a=") ? text->substr(2) : *text;
    candidate.mline_index =
        index && *index >= 0 && *index < 1024
            ? static_cast<unsigned>(*index)
            : session->mline_of(json::string_member(init, "sdpMid").value_or(""));
  }
  if (!session->add_candidate(candidate))
    send_error("bad_message", "there are too many candidates", session->name());
}

void WebSocketClient::restart(JsonNode* message) {
  WebSocketSession* session = find(message);
  if (session == nullptr) return;
  const auto offer = json::string_member(message, "sdp");
  if (!offer) return send_error("bad_message", "restart needs sdp", session->name());
  socket_->charge(Rota::kOffer);
  const auto restarted = session->restart(*offer);
  if (!restarted) send_error("bad_message", restarted.error().message, session->name());
}

void WebSocketClient::select(JsonNode* message) {
  WebSocketSession* session = find(message);
  if (session == nullptr) return;
  const session::StreamPreference preference = preference_of(message);
  if (!config::is_id(preference.stream))
    return send_error("bad_message", "there is no such stream", session->name());
  if (const auto selected = session->select(preference); !selected)
    send_error("bad_message", selected.error().message, session->name());
}

void WebSocketClient::stop(JsonNode* message) {
  if (WebSocketSession* session = find(message)) session->stop();
}

void WebSocketClient::on_ended(const std::string& why) {
  log::debug("http",
             {{"client", principal_.address}, {"sessions", std::to_string(sessions_.size())}},
             "websocket ended: " + why);
  sessions_.clear();
}

void WebSocketClient::on_closed() { server_.closed(*this); }

} // namespace fanlight::http
