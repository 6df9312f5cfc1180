#include "api/websocket_session.h"

#include <utility>

#include "api/turn.h"
#include "api/views.h"

namespace fanlight::http {

std::string closed_message(const std::string& session, const session::CloseReason& reason) {
  json::Writer json;
  json.object([&] {
    json.member("type", "closed");
    json.member("session", session);
    json.member("code", reason.code);
    json.member("message", static_cast<const Reason&>(reason));
  });
  return json.text();
}

WebSocketSession::WebSocketSession(std::string name, const config::WebRtc& webrtc,
                                   const Limits& limits, Send send, Ended ended)
    : name_(std::move(name)), webrtc_(webrtc), limits_(limits), send_(std::move(send)),
      ended_(std::move(ended)) {}

WebSocketSession::~WebSocketSession() {
  if (session_ == nullptr) return;
  session_->forget_observer();
  session_->close({"stopped", {"socket_ended"_reason, "the page's WebSocket has ended"}});
}

bool WebSocketSession::add_candidate(const session::Candidate& candidate) {
  if (++candidates_ > limits_.candidates_per_session) return false;
  session_->add_candidate(candidate);
  return true;
}

Result<Done> WebSocketSession::restart(const std::string& offer) {
  auto restarted = session_->restart(offer);
  if (restarted) candidates_ = 0;
  return restarted;
}

Result<Done> WebSocketSession::select(const session::StreamPreference& preference) {
  return session_->select(preference);
}

void WebSocketSession::stop() {
  session_->close({"stopped", {"page_ended"_reason, "the page ended the session"}});
}

unsigned WebSocketSession::mline_of(const std::string& mid) const {
  return session_->offer().mline_of(mid).value_or(0);
}

void WebSocketSession::on_answer(session::Session& session, const std::string& sdp) {
  const session::Info info = session.info();
  json::Writer json;
  json.object([&] {
    json.member("type", "answer");
    json.member("session", name_);
    json.member("sdp", sdp);
    json.member("id", session.id());
    json.member("transport", info.transport);
    json.member("video_codec", info.video_codec);
    json.member("audio_codec", info.audio_codec);
    json.member("codec_reason", info.codec_reason);
    json.member("stream", info.stream);
    json.member("stream_reason", info.stream_reason);
    if (webrtc_.browser_ice_servers.empty()) return;
    json::write_ice_servers(json, ice_servers_of_session(webrtc_.browser_ice_servers, session.id(),
                                                         std::chrono::system_clock::now()));
  });
  send_(json.text());
}

void WebSocketSession::on_candidate(session::Session& session,
                                    const session::Candidate& candidate) {
  json::Writer json;
  json.object([&] {
    json.member("type", "candidate");
    json.member("session", name_);
    if (candidate.candidate.empty()) return json.null("candidate");
    json.object("candidate", [&] {
      json.member("candidate", candidate.candidate);
      json.member("sdpMLineIndex", candidate.mline_index);
      const auto& media = session.offer().media;
      if (candidate.mline_index < media.size())
        json.member("sdpMid", media[candidate.mline_index].mid);
    });
  });
  send_(json.text());
}

void WebSocketSession::on_stream(session::Session& session) {
  const session::Info info = session.info();
  json::Writer json;
  json.object([&] {
    json.member("type", "stream");
    json.member("session", name_);
    json.member("stream", info.stream);
    json.member("reason", info.stream_reason);
  });
  send_(json.text());
}

void WebSocketSession::on_state(session::Session&, session::State state, const Reason& reason) {
  if (state == session::State::closed) return; // `closed` reports it with the reason.
  json::Writer json;
  json.object([&] {
    json.member("type", "session");
    json.member("session", name_);
    json.member("state", session::to_string(state));
    json.member("message", reason);
  });
  send_(json.text());
}

void WebSocketSession::on_closed(session::Session&, const session::CloseReason& reason) {
  session_ = nullptr;
  send_(closed_message(name_, reason));
  const Ended ended = ended_; // Copied: the call destroys this object.
  ended(*this);
}

} // namespace fanlight::http
