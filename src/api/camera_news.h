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

/// What is told of cameras to all clients, in each turn of the loop to a few of them: hundreds of
/// clients that look on would else keep those waiting whose joining is the news. A client to which
/// more than one thing is to be told is told them together.
///
/// `Client` stands for what a client is known by. Threads: main only.
class CameraNews {
 public:
  using Client = void*;
  struct Item {
    std::string camera;
    WebSocket::Text text;
  };
  using Send = std::function<void(Client client, const std::vector<const Item*>& items)>;

  /// Messages in a turn; the client at which they come to so many is the last one.
  static constexpr std::size_t kPerTurn = 64;

  explicit CameraNews(Send send) : send_(std::move(send)) {}

  /// It is told what comes from now on.
  void add(Client client) { told_[client] = last_number_; }
  void remove(Client client) { told_.erase(client); }
  /// In place of what was to be told of that camera, to whom it was not told yet.
  void tell(const std::string& camera, WebSocket::Text text);
  /// Nothing of what is still to be told: something else tells it.
  void forget();

 private:
  void tell_some();
  std::size_t tell_next();

  // Given.
  const Send send_;
  // Owned.
  std::map<Client, std::uint64_t> told_; ///< The number of the last item that each was told.
  std::map<std::uint64_t, Item> items_;  ///< That somebody may have to be told still, by number.
  std::unordered_map<std::string, std::uint64_t> numbers_; ///< By camera.
  std::uint64_t last_number_ = 0;
  Client last_ = nullptr; ///< Whose turn it was last.
  std::size_t left_ = 0;  ///< Clients whose turn comes until all have been told everything.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by callbacks.
};

} // namespace fanlight::http
