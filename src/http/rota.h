#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include <glib.h>

#include "http/turn_share.h"

namespace fanlight::http {

class HttpConnection;

/// Decides which connections may be read in this turn of the main loop.
///
/// The loop dispatches every ready socket in one turn, so a limit per socket would not limit the
/// turn. Each turn is divided among the addresses, and the part of an address among its
/// connections. Costs are bytes; other work counts as the bytes that take about as long: 64 KiB
/// take 2 to 5 ms, during which new arrivals must wait. If only one address asks, it gets more, so
/// that a page with many tiles does not take many turns. Threads: main only. Lifetime: owned by
/// Crowd.
class Rota {
 public:
  static constexpr std::size_t kTurn = 64 * 1024;
  static constexpr std::size_t kAddress = 128 * 1024; ///< For an address that asks alone.
  static constexpr std::size_t kLeast = 1024;         ///< However many addresses there are.
  static constexpr std::size_t kMessage = 1024;       ///< Cost of a WebSocket frame.
  static constexpr std::size_t kRequest = 2 * 1024;
  static constexpr std::size_t kHandshake = 16 * 1024; ///< Of TLS, with a key of RSA.
  static constexpr std::size_t kOffer = 16 * 1024;     ///< Cost of a session, or of similar work.

  Rota();
  ~Rota();
  Rota(const Rota&) = delete;
  Rota& operator=(const Rota&) = delete;

  bool admits(const HttpConnection& connection);
  /// Whether a connection that was not admitted may try again in this turn: for each address, at
  /// most as many as it may have offers. Called once per turn for each of them, in the order in
  /// which they wait.
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
