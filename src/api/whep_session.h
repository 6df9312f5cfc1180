#pragma once

#include <functional>
#include <string>

#include "base/main_loop.h"
#include "config/config.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "sdp/ice_fragment.h"
#include "session/session.h"

namespace fanlight::http {

/// The WHEP side of one session: the requests that wait for it, and its ETag.
///
/// Threads: main only. Lifetime: owned by Whep until `ended`, its last call.
class WhepSession : public session::Session::Observer {
 public:
  using Ended = std::function<void(WhepSession&)>;

  /// `post` is answered when the session is.
  WhepSession(ExchangePtr post, const config::WebRtc& webrtc, const Limits& limits, Ended ended);
  ~WhepSession() override;

  /// The session was opened: waits for its answer.
  void begin(session::Session& session);
  /// A PATCH (RFC 9725, section 4.3; the draft of WHEP follows it).
  void patch(const ExchangePtr& exchange);
  void remove(const ExchangePtr& exchange);

  const std::string& camera() const { return camera_; }
  const std::string& id() const { return id_; }

  void on_answer(session::Session& session, const std::string& sdp) override;
  void on_candidate(session::Session& session, const session::Candidate& candidate) override;
  void on_stream(session::Session&) override {} // WHEP cannot notify the player.
  void on_state(session::Session& session, session::State state, const Reason& reason) override;
  void on_closed(session::Session& session, const session::CloseReason& reason) override;

 private:
  void wait_for_answer(ExchangePtr exchange);
  void give_up(session::CloseReason reason);
  void trickle(const ExchangePtr& exchange, const sdp::IceFragment& fragment);
  void restart(const ExchangePtr& exchange, const sdp::IceFragment& fragment);
  void renew_etag();

  // Given.
  const config::WebRtc& webrtc_;
  const Limits& limits_;
  const Ended ended_;
  session::Session* session_ = nullptr; ///< Until on_closed.
  std::string camera_;
  std::string id_;
  // Owned.
  std::string etag_; ///< Names the ICE generation, quotes included.
  bool restarting_ = false;
  std::size_t candidates_ = 0;
  ExchangePtr waiting_; ///< The POST, or the PATCH of a restart.
  Timer overdue_;
};

} // namespace fanlight::http
