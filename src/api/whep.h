#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/whep_session.h"
#include "cameras/camera_directory.h"
#include "config/config.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "session/session.h"

namespace fanlight::http {

/// WHEP (draft-ietf-wish-whep, on the model of RFC 9725): one POST opens a session, its URL
/// controls it. Threads: main only.
class Whep {
 public:
  Whep(const config::WebRtc& webrtc, cameras::CameraDirectory& cameras,
       session::Directory& directory, const Limits& limits);

  /// POST of an offer to /whep/{camera}.
  void open(const std::string& camera, const ExchangePtr& exchange);
  /// PATCH of /whep/{camera}/{session}.
  void patch(const std::string& camera, const std::string& session, const ExchangePtr& exchange);
  /// DELETE of /whep/{camera}/{session}, also if the session has just ended: its player may not
  /// know that yet.
  void remove(const std::string& camera, const std::string& session, const ExchangePtr& exchange);
  /// Refuses new sessions with this from now on.
  void refuse(const Error& refusal) { refusal_ = refusal; }

 private:
  /// The session; if there is none, answers the request.
  WhepSession* find(const std::string& camera, const std::string& session,
                    Exchange& exchange) const;
  bool has_just_ended(const std::string& camera, const std::string& session) const;
  void end(WhepSession& session);

  // Given.
  const config::WebRtc& webrtc_;
  cameras::CameraDirectory& cameras_;
  session::Directory& directory_;
  const Limits& limits_;
  // Owned.
  std::optional<Error> refusal_;
  std::unordered_map<std::string, std::unique_ptr<WhepSession>> sessions_; ///< By id.
  std::deque<std::pair<std::string, std::string>> ended_; ///< Camera and id, the oldest first.
};

} // namespace fanlight::http
