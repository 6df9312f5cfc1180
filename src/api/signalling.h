#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "api/camera_list.h"
#include "api/camera_news.h"
#include "api/websocket_client.h"
#include "auth/policy.h"
#include "base/main_loop.h"
#include "config/config.h"
#include "http/exchange.h"
#include "http/limits.h"
#include "session/session.h"

namespace fanlight::http {

/// The WebSocket end of signalling (docs/signalling.md): all clients, and the cameras' news for all
/// of them. Threads: main only.
class Signalling : public cameras::CameraObserver {
 public:
  Signalling(const config::WebRtc& webrtc, const auth::Policy& policy,
             cameras::CameraDirectory& directory, session::Directory& sessions, CameraList& cameras,
             const Limits& limits, std::string page_version);
  ~Signalling() override;

  /// GET /ws: does the handshake, or answers why not.
  void upgrade(const ExchangePtr& exchange);
  /// Tells all clients that the server is shutting down; allows no new sessions.
  void drain(const Error& refusal);
  /// Tells all clients that the layouts have another fingerprint (Layouts).
  void tell_layouts(const std::string& fingerprint);

  void on_camera_changed(const cameras::CameraInfo& info) override;
  void on_cameras_replaced() override;

 private:
  /// What all clients were last told of a camera, or will be.
  struct Told {
    std::string state;
    gint64 at = 0; ///< Monotonic µs.
    Timer later;   ///< Running: a change waits for its second.
  };
  void adopt(SoupServerMessage* message);
  void forget(WebSocketClient& client);
  void notify(const cameras::CameraInfo& info);
  /// Sends the message to all clients, to a few of them in each turn.
  void push(WebSocket::Text message, const std::string& key);
  /// The message `hello` or `cameras`: one text for all clients.
  WebSocket::Text cameras_message(const std::string& type, const CameraList::Texts& texts);

  // Given.
  const config::WebRtc& webrtc_;
  cameras::CameraDirectory& directory_;
  CameraList& cameras_;
  const Limits& limits_;
  const std::string page_version_; ///< Of the page's files; empty: unknown.
  // Owned.
  WebSocketClient::Server server_;
  std::unordered_map<WebSocketClient*, std::unique_ptr<WebSocketClient>> clients_;
  std::unordered_map<std::string, WebSocket::Text> messages_; ///< By type.
  std::uint64_t messages_of_ = 0;                             ///< The texts that they were made of.
  std::unordered_map<std::string, Told> told_;                ///< By camera.
  CameraNews news_;
  std::string layouts_;                                          ///< Their fingerprint.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
