#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "http/json.h"
#include "http/limits.h"
#include "http/watch.h"
#include "http/websocket.h"
#include "session/session.h"

namespace fanlight::http {

/// One page on the WebSocket: reads its messages (docs/signalling.md) and holds its sessions.
/// Threads: main only. Lifetime: owned by Signalling until `closed`.
class Client : public WebSocket::Observer {
 public:
  struct Server {
    session::Directory& directory;
    const Limits& limits;
    std::function<std::string(const char* type)> cameras; ///< The messages `hello` and `cameras`.
    std::string refusal; ///< Not empty: the server is about to stop, and takes no new sessions.
    std::function<void(Client&)> closed; ///< The client may be destroyed.
  };

  Client(Server& server, std::string remote_address);

  /// `socket` has us as its observer.
  void begin(std::unique_ptr<WebSocket> socket);
  /// A message that replaces an older one of the same key where the client is slow.
  void push(const std::string& message, const std::string& key) { socket_->send(message, key); }
  void say_goodbye(const std::string& message);

  void on_text(const std::string& text) override;
  void on_unreadable(std::size_t bytes) override;
  void on_ended(const std::string& why) override;
  void on_closed() override;

 private:
  void send_error(const char* code, const std::string& message, const std::string& session = {});
  void watch(JsonNode* message);
  void forget(const Watch& ended);
  void candidate(JsonNode* message);
  void restart(JsonNode* message);
  void select(JsonNode* message);
  void stop(JsonNode* message);
  /// The watch that `session` of the message names; otherwise the client hears what is wrong.
  Watch* find(JsonNode* message);

  // Given.
  Server& server_;
  const std::string remote_address_;
  // Owned.
  std::unique_ptr<WebSocket> socket_;
  std::size_t errors_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Watch>> watches_; ///< By the client's name.
};

} // namespace fanlight::http
