#include "webrtcfanout/ice/path_probes.h"

#include <algorithm>
#include <utility>

#include "webrtcfanout/base/random.h"

namespace fanlight::fanout {
namespace {

/// The pause after the first request; it doubles with each further one.
constexpr std::int64_t kPauseUs = 100'000;
constexpr int kMaxDoublings = 6;
/// A path that the viewer has not asked for during this time counts as new.
constexpr std::int64_t kForgottenUs = 30'000'000;

StunTransaction new_transaction() {
  StunTransaction transaction;
  for (std::size_t i = 0; i < transaction.size(); i += 4) write_u32(&transaction[i], random_u32());
  return transaction;
}

std::uint32_t rank_of(const Check& check) { return check.nominated ? check.priority : 0; }

} // namespace

void PathProbes::ask(const Check& check, std::int64_t now_us, bool in_use) {
  std::erase_if(probes_, [&](const Probe& p) { return now_us - p.asked_us > kForgottenUs; });
  auto found = std::find_if(probes_.begin(), probes_.end(),
                            [&](const Probe& p) { return p.check.path.same_as(check.path); });
  if (found == probes_.end()) {
    if (probes_.size() >= kMaxPaths && !make_room(check, now_us)) return;
    found = probes_.insert(probes_.end(), {.check = check, .transaction = new_transaction()});
  }
  found->check = check;
  found->asked_us = now_us;
  found->asked = true;
  found->in_use = in_use;
}

/// Drops a path that has not answered, or else the worst one, but none that is better than this one
/// or in use. Agents may nominate a dozen paths at once, and the best one must get its answer.
bool PathProbes::make_room(const Check& check, std::int64_t now_us) {
  const auto rank = [&](const Probe& probe) {
    const bool unanswered = probe.sent >= kUnasked && !probe.asked && now_us >= probe.due_us;
    return std::make_pair(unanswered ? 0U : rank_of(probe.check), probe.asked_us);
  };
  const auto worst =
      std::min_element(probes_.begin(), probes_.end(), [&](const auto& a, const auto& b) {
        return a.in_use != b.in_use ? b.in_use : rank(a) < rank(b);
      });
  if (worst->in_use || rank(*worst).first > rank_of(check)) return false;
  probes_.erase(worst);
  return true;
}

bool PathProbes::may_send(std::int64_t now_us) const {
  return sent_ < kMaxSent || now_us - sent_us_[sent_ % kMaxSent] >= kSentUs;
}

bool PathProbes::is_due(const Probe& probe, std::int64_t now_us) {
  return now_us >= probe.due_us && (probe.asked || probe.sent < kUnasked);
}

std::size_t PathProbes::write(Probe& probe, MutableBytes out, std::int64_t now_us) {
  probe.due_us = now_us + (kPauseUs << std::min(probe.sent, kMaxDoublings));
  probe.asked = false;
  ++probe.sent;
  return write_binding_request(out, probe.transaction, probe.check.username, probe.check.password);
}

std::optional<Check> PathProbes::take_answer(const Path& from, Bytes answer) {
  const auto success = parse_binding_success(answer);
  if (!success) return std::nullopt;
  const auto found = std::find_if(probes_.begin(), probes_.end(), [&](const Probe& probe) {
    return probe.transaction == success->transaction && probe.check.path.same_as(from);
  });
  if (found == probes_.end() || found->sent == 0 ||
      !has_integrity(success->integrity_at, answer, found->check.password))
    return std::nullopt;
  Check check = std::move(found->check);
  probes_.erase(found);
  return check;
}

void PathProbes::forget(const TcpConnection* connection) {
  std::erase_if(probes_, [&](const Probe& probe) { return probe.check.path.tcp == connection; });
}

} // namespace fanlight::fanout
