#pragma once

#include <functional>
#include <string>

#include "config/config.h"
#include "http/limits.h"
#include "session/session.h"

namespace fanlight::http {

/// One session of a WebSocket client, and its half of the conversation. Threads: main only.
/// Lifetime: owned by WebSocketClient until `ended`, its last call.
class WebSocketSession : public session::Session::Observer {
 public:
  using Send = std::function<void(std::string)>;
  using Ended = std::function<void(WebSocketSession&)>;

  WebSocketSession(std::string name, const config::WebRtc& webrtc, const Limits& limits, Send send,
                   Ended ended);
  ~WebSocketSession() override; ///< Ends the session if it still lives.

  void begin(session::Session& session) { session_ = &session; }
  const std::string& name() const { return name_; }

  /// False: too many of them.
  bool add_candidate(const session::Candidate& candidate);
  Result<Done> restart(const std::string& offer);
  Result<Done> select(const session::StreamPreference& preference);
  void stop();
  /// Which m-line a mid names; the first where it names none.
  unsigned mline_of(const std::string& mid) const;

  void on_answer(session::Session& session, const std::string& sdp) override;
  void on_candidate(session::Session& session, const session::Candidate& candidate) override;
  void on_stream(session::Session& session) override;
  void on_state(session::Session& session, session::State state, const Reason& reason) override;
  void on_closed(session::Session& session, const session::CloseReason& reason) override;

 private:
  // Given.
  const std::string name_;
  const config::WebRtc& webrtc_;
  const Limits& limits_;
  const Send send_;
  const Ended ended_;
  session::Session* session_ = nullptr; ///< Until on_closed.
  // Owned.
  std::size_t candidates_ = 0;
};

/// The message `closed`.
std::string closed_message(const std::string& session, const session::CloseReason& reason);

} // namespace fanlight::http
