#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include <glib.h>

#include "http/turn_share.h"

namespace fanlight::http {

class HttpConnection;

/// From which connections something is read in this turn of the main loop.
///
/// The loop dispatches every socket that is ready in one turn, so what one socket may do in a turn
/// is no bound. Each turn is shared out by address, and the part of an address among its
/// connections. Costs are bytes, and for work as many bytes as take about as long: 64 KiB are 2 to
/// 5 ms, which whoever arrives meanwhile has to wait. Where nobody else asks, an address has more,
/// or a page with many pictures would pay for the many turns. Threads: main only. Lifetime: owned
/// by Crowd.
class Rota {
 public:
  static constexpr std::size_t kTurn = 64 * 1024;
  static constexpr std::size_t kAddress = 128 * 1024; ///< Of an address that asks alone.
  static constexpr std::size_t kLeast = 1024;         ///< However many there are.
  static constexpr std::size_t kMessage = 1024;       ///< A frame of a WebSocket.
  static constexpr std::size_t kRequest = 2 * 1024;
  static constexpr std::size_t kOffer = 16 * 1024; ///< A session, or what may be as much work.

  Rota();
  ~Rota();
  Rota(const Rota&) = delete;
  Rota& operator=(const Rota&) = delete;

  bool admits(const HttpConnection& connection);
  /// Whether one that was not admitted is to ask again in this turn: no more of an address are
  /// called than it may have offers. Asked of each once a turn, in the order in which they wait.
  bool calls(const HttpConnection& connection);
  void charge(const HttpConnection& connection, std::size_t cost);
  void forget(const HttpConnection& connection);

 private:
  struct Source;
  struct Members : TurnShare<const HttpConnection*> {
    using TurnShare::TurnShare;
    std::size_t called = 0; ///< In this turn.
  };
  Members& members_of(const HttpConnection& connection);
  void next_turn();

  GSource* source_;
  TurnShare<std::string> networks_{kTurn, kAddress, kLeast};
  std::unordered_map<std::string, Members> members_; ///< By network.
};

} // namespace fanlight::http
