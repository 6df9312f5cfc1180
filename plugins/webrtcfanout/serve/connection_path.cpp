#include <algorithm>

#include "webrtcfanout/serve/connection.h"

namespace fanlight::fanout {
namespace {

/// A path without packets for this time gives way to any other one; so does a path that the viewer
/// does not check for this time while it nominates others.
constexpr std::int64_t kPathSilenceUs = 3'000'000;
/// How long the path may take to answer after the viewer nominates another one of lower priority.
constexpr std::int64_t kPatienceUs = 400'000;
/// How often the path may change, whatever the viewer requests.
constexpr std::int64_t kMovesUs = 10'000'000;
constexpr int kMaxMoves = 16;
/// The limit for an address during the handshake: our flight with the certificate, and three times
/// what comes from there (as in RFC 9000, section 8).
constexpr std::int64_t kFlight = 1200;
constexpr std::int64_t kPerReceived = 3;

} // namespace

bool Connection::on_check(const Check& check, std::int64_t now_us) {
  if (path_ && path_->same_as(check.path)) {
    heard_us_ = path_heard_us_ = now_us;
    lesser_since_us_ = 0;
    challenger_.reset();
    allowance_ += kPerReceived * static_cast<std::int64_t>(check.size);
    if (check.generation < path_check_.generation) return false; // From before an ICE restart.
    // A path that the viewer checks but no longer nominates gives way to any other one.
    priority_ = check.nominated ? check.priority : 0;
    path_check_ = check;
    return false;
  }
  if (!wants(check, now_us) && (!bound_ || !challenge(check, now_us))) return false;
  if (bound_) {
    probes_.ask(check, now_us);
    return probe(now_us);
  }
  allowance_ = kFlight + kPerReceived * static_cast<std::int64_t>(check.size);
  move_to(check, now_us);
  return true;
}

/// Whether the viewer prefers that path. Agents that nominate every pair (aggressive
/// nomination of RFC 5245) mean the best of those since the last ICE restart.
bool Connection::wants(const Check& check, std::int64_t now_us) const {
  if (!path_) return true;
  if (!bound_ && now_us - path_heard_us_ > kPathSilenceUs) return true;
  if (!check.nominated) return false;
  if (check.generation > path_check_.generation) return true;
  if (check.generation == path_check_.generation && check.priority >= priority_) return true;
  // Counted from its first check on another path: it may check each path only every 6 s.
  return lesser_since_us_ != 0 && now_us - lesser_since_us_ > kPathSilenceUs;
}

/// The viewer may have lost the network of the better path, and cannot withdraw its nomination:
/// then the path does not answer us either. A path that it does not nominate is only a reserve; it
/// counts once the current path is silent. False: the path does not change.
bool Connection::challenge(const Check& check, std::int64_t now_us) {
  if (!check.nominated && now_us - path_known_us() <= kPathSilenceUs) return false;
  if (check.nominated && lesser_since_us_ == 0) lesser_since_us_ = now_us;
  if (path_known_us() >= challenged_us_) challenged_us_ = now_us;
  probes_.ask(path_check_, now_us, true);
  return true;
}

std::int64_t Connection::patience_us() const {
  const auto round_trip = static_cast<std::int64_t>(subscriber_->counters.rtt_ms.get() * 1000);
  return std::clamp(3 * round_trip, kPatienceUs, kPathSilenceUs);
}

bool Connection::on_answer(const Path& from, Bytes answer, std::int64_t now_us) {
  const auto check = probes_.take_answer(from, answer);
  if (!check) return false;
  if (path_ && path_->same_as(check->path)) {
    heard_us_ = path_answered_us_ = now_us;
    challenger_.reset();
    return false;
  }
  if (!wants(*check, now_us)) {
    if (path_known_us() < challenged_us_) challenger_ = *check;
    return false;
  }
  if (!may_move(now_us)) return false;
  move_to(*check, now_us);
  return true;
}

bool Connection::may_move(std::int64_t now_us) {
  if (now_us - moves_since_us_ > kMovesUs) {
    moves_since_us_ = now_us;
    moves_ = 0;
  }
  return ++moves_ <= kMaxMoves;
}

void Connection::move_to(const Check& check, std::int64_t now_us) {
  udp_.flush();     // It may hold pointers to the old path.
  proven_ = bound_; // If bound, the viewer has answered there.
  path_ = check.path;
  path_check_ = check;
  priority_ = check.nominated ? check.priority : 0;
  heard_us_ = path_heard_us_ = now_us;
  lesser_since_us_ = 0;
  challenger_.reset();
  probes_.clear();
}

bool Connection::probe(std::int64_t now_us) {
  probes_.send_due(now_us,
                   [this](const Path& path, Bytes request) { send_over(path, udp_, request); });
  if (!challenger_ || now_us - challenged_us_ < patience_us() || !may_move(now_us)) return false;
  move_to(Check(*challenger_), now_us);
  return true;
}

bool Connection::forget(const TcpConnection* connection, std::int64_t now_us) {
  probes_.forget(connection);
  if (challenger_ && challenger_->path.tcp == connection) challenger_.reset();
  if (!path_ || path_->tcp != connection) return false;
  path_.reset();
  path_lost_us_ = now_us;
  return true;
}

void Connection::on_dtls(const Path& from, std::size_t size) {
  if (path_ && path_->same_as(from)) allowance_ += kPerReceived * static_cast<std::int64_t>(size);
}

} // namespace fanlight::fanout
