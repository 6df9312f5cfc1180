#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "webrtcfanout/ice/stun.h"
#include "webrtcfanout/net/path.h"

namespace fanlight::fanout {

/// The server's checks of paths to which a viewer asks to move.
///
/// A source address can be forged, and others can repeat a viewer's check, so neither moves media.
/// The answer to a check of ours does (RFC 8445, section 7.2): only the viewer has the password for
/// it, and only a host that receives datagrams at that address knows the transaction. Sends ever
/// fewer checks to a path that does not answer, and a limited number to all paths together, because
/// a sender of checks may name ever more paths. Threads: the worker.
class PathProbes {
 public:
  static constexpr std::size_t kMaxPaths = 4; ///< If there are more, the worst is dropped.
  /// Limit for all paths together within kSentUs.
  static constexpr std::size_t kMaxSent = 32;
  static constexpr std::int64_t kSentUs = 10'000'000;
  /// How many are sent without further requests of the viewer; more are sent only if it asks again,
  /// with growing pauses.
  static constexpr int kUnasked = 3;

  /// The viewer asks for `check.path`; or the server checks the path that is `in_use`.
  void ask(const Check& check, std::int64_t now_us, bool in_use = false);
  /// Calls `send(const Path&, Bytes)` for each request that is due.
  template <typename Send> void send_due(std::int64_t now_us, Send send) {
    for (Probe& probe : probes_) {
      if (!is_due(probe, now_us)) continue;
      if (!may_send(now_us)) return;
      std::array<std::uint8_t, kMaxOwnRequest> request;
      const std::size_t size = write(probe, request, now_us);
      if (size == 0) continue;
      sent_us_[sent_++ % kMaxSent] = now_us;
      send(probe.check.path, Bytes(request).first(size));
    }
  }
  /// The viewer's check, if `answer`, which came over `from`, is a successful answer to our check
  /// of that path.
  std::optional<Check> take_answer(const Path& from, Bytes answer);
  /// Drops all paths.
  void clear() { probes_.clear(); }
  /// That TCP connection has ended.
  void forget(const TcpConnection* connection);

 private:
  struct Probe {
    Check check;
    StunTransaction transaction;
    std::int64_t asked_us = 0;
    std::int64_t due_us = 0;
    int sent = 0;
    bool asked = false; ///< Since the last request was sent.
    bool in_use = false;
  };
  bool make_room(const Check& check, std::int64_t now_us);
  bool may_send(std::int64_t now_us) const;
  static bool is_due(const Probe& probe, std::int64_t now_us);
  static std::size_t write(Probe& probe, MutableBytes out, std::int64_t now_us);

  std::vector<Probe> probes_;
  std::array<std::int64_t, kMaxSent> sent_us_{}; ///< When the last requests were sent.
  std::size_t sent_ = 0;
};

} // namespace fanlight::fanout
