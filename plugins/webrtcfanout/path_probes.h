#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "path.h"
#include "stun.h"

namespace fanlight::fanout {

/// Our checks of the paths that a viewer asks to be moved to.
///
/// A source address can be forged and a viewer's check sent again by others, so neither moves
/// media. The answer to a check of ours does (RFC 8445, section 7.2): only the viewer has the
/// password for it, and only who gets datagrams at that address knows the transaction. Bounded in
/// number, and sends few to an address that does not answer. Threads: the worker.
class PathProbes {
 public:
  static constexpr std::size_t kMaxPaths = 4; ///< With more the one asked for longest ago goes.
  /// So many are sent by themselves; further ones only as the viewer asks again, at growing pauses.
  static constexpr int kUnasked = 3;

  /// The viewer asks for `check.path`.
  void ask(const Check& check, std::int64_t now_us);
  /// `send(const Path&, Bytes)` for each request that is due.
  template <typename Send> void send_due(std::int64_t now_us, Send send) {
    for (Probe& probe : probes_) {
      if (!is_due(probe, now_us)) continue;
      std::array<std::uint8_t, kMaxOwnRequest> request;
      const std::size_t size = write(probe, request, now_us);
      if (size > 0) send(probe.check.path, Bytes(request).first(size));
    }
  }
  /// What the viewer asked for, if `answer`, which came over `from`, is a success that answers our
  /// check of that path.
  std::optional<Check> take_answer(const Path& from, Bytes answer);
  /// Gives up all.
  void clear() { probes_.clear(); }
  /// That TCP connection is no more.
  void forget(const TcpConnection* connection);

 private:
  struct Probe {
    Check check;
    StunTransaction transaction;
    std::int64_t asked_us = 0;
    std::int64_t due_us = 0;
    int sent = 0;
    bool asked = false; ///< Since the last one was sent.
  };
  static bool is_due(const Probe& probe, std::int64_t now_us);
  static std::size_t write(Probe& probe, MutableBytes out, std::int64_t now_us);

  std::vector<Probe> probes_;
};

} // namespace fanlight::fanout
