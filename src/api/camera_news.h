#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/websocket.h"

namespace fanlight::http {

/// Sends news of cameras to all clients, to a few of them in each turn of the main loop. Otherwise,
/// a viewer that joins would wait until hundreds of clients have been told that it does. Several
/// news for one client are sent together.
///
/// `Client` identifies a client. Threads: main only.
class CameraNews {
 public:
  using Client = void*;
  struct Item {
    std::string camera;
    WebSocket::Text text;
  };
  using Send = std::function<void(Client client, const std::vector<const Item*>& items)>;

  /// Messages in a turn. The client with which they reach this number is the last of the turn.
  static constexpr std::size_t kPerTurn = 64;

  explicit CameraNews(Send send) : send_(std::move(send)) {}

  /// Sends the client all news from now on.
  void add(Client client) { told_[client] = last_number_; }
  void remove(Client client) { told_.erase(client); }
  /// Sends news of a camera. It replaces earlier news of that camera that is still to be sent.
  void tell(const std::string& camera, WebSocket::Text text);
  /// Drops what is still to be sent, because another message contains it.
  void forget();

 private:
  void tell_some();
  std::size_t tell_next();

  // Given.
  const Send send_;
  // Owned.
  std::map<Client, std::uint64_t> told_; ///< The number of the last item that each was told.
  std::map<std::uint64_t, Item> items_;  ///< News that some client may not have yet, by number.
  std::unordered_map<std::string, std::uint64_t> numbers_; ///< By camera.
  std::uint64_t last_number_ = 0;
  Client last_ = nullptr; ///< Whose turn it was last.
  std::size_t left_ = 0;  ///< Clients whose turn comes until all have been told everything.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
