#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/camera_news.h"
#include "api/websocket_session.h"
#include "auth/policy.h"
#include "config/config.h"
#include "http/json.h"
#include "http/limits.h"
#include "http/patience.h"
#include "http/websocket.h"
#include "session/session.h"

namespace fanlight::http {

/// One page on the WebSocket: reads its messages (docs/signalling.md) and holds its sessions.
/// Threads: main only. Lifetime: owned by Signalling until `closed`.
class WebSocketClient : public WebSocket::Observer {
 public:
  struct Server {
    const config::WebRtc& webrtc;
    const auth::Policy& policy;
    session::Directory& directory;
    const Limits& limits;
    /// The messages `hello` and `cameras`, at once or in a later turn.
    std::function<void(const char* type, std::function<void(WebSocket::Text)> done)> cameras;
    std::optional<Error> refusal; ///< The server is shutting down and refuses new sessions.
    std::function<void(WebSocketClient&)> closed; ///< The client may be destroyed.
  };

  WebSocketClient(Server& server, auth::Principal principal);

  /// `socket` has us as its observer.
  void begin(std::unique_ptr<WebSocket> socket);
  /// Sends a message, which replaces a queued one with the same key if the client is slow. Messages
  /// pushed before `hello` are dropped, because `hello` contains their content.
  void push(const WebSocket::Text& message, const std::string& key) {
    if (greeted_) socket_->send(message, key);
  }
  void push(const std::vector<const CameraNews::Item*>& news);
  void say_goodbye(const Reason& reason);

  void on_text(const std::string& text) override;
  void on_unreadable(std::size_t bytes) override;
  void on_ended(const std::string& why) override;
  void on_closed() override;

 private:
  void send_error(const char* code, const std::string& message, const std::string& session = {});
  void refuse(const std::string& session, const session::CloseReason& reason);
  void greet();
  void list();
  void watch(JsonNode* message);
  void forget(const WebSocketSession& ended);
  void candidate(JsonNode* message);
  void restart(JsonNode* message);
  void select(JsonNode* message);
  void stop(JsonNode* message);
  /// The session that the message names in `session`; otherwise sends an error.
  WebSocketSession* find(JsonNode* message);

  // Given.
  Server& server_;
  const auth::Principal principal_; ///< Without its page.
  // Owned.
  std::unique_ptr<WebSocket> socket_;
  bool greeted_ = false;
  bool listing_ = false; ///< The answer to `list` is being written.
  Patience errors_;
  Patience refusals_;
  std::unordered_map<std::string, std::unique_ptr<WebSocketSession>>
      sessions_;                                                 ///< By the client's name.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
