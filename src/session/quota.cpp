#include "session/quota.h"

#include <algorithm>
#include <utility>

#include "base/network.h"

namespace fanlight::session {
namespace {

/// The least number of places for the shares of sessions and of waiting sessions: with it, one
/// address may have 512 of them, two full walls. If webrtc.max_viewers is smaller, the first client
/// may take all.
constexpr std::size_t kFew = 682;
/// A generous size of a browser's offer, in bytes; bounds the sum if there are few viewers.
constexpr std::size_t kOffer = 16 * 1024;
constexpr std::size_t kFewOffers = 16 * 1024 * 1024;
/// Minimum time between two checks: a check asks every session, and a refused client may retry at
/// once.
constexpr std::chrono::milliseconds kLookAgain{100};

Error busy(const Reason& what) {
  return {Errc::busy,
          Reason{"share_used_up"_reason,
                 "your address has used up its share of the {what}; if many viewers share one "
                 "address, such as that of a reverse proxy, raise webrtc.max_viewers",
                 {{"what", {what}}}}};
}

} // namespace

void Quota::resize(std::size_t viewers) {
  all_.resize(std::max(viewers, kFew));
  waiting_.resize(std::max(viewers / 2, kFew));
  offers_.resize(std::max(viewers * kOffer, kFewOffers));
}

Result<Done> Quota::check(const std::string& address, std::size_t offer) {
  const std::string network = network_of(address);
  if (!all_.admits(network)) return busy({"share_sessions"_reason, "sessions"});
  if (!offers_.admits(network, offer)) return busy({"share_offers"_reason, "memory for offers"});
  if (waiting_.admits(network)) return Done{};
  if (const auto now = std::chrono::steady_clock::now(); now - forgot_at_ >= kLookAgain) {
    forgot_at_ = now;
    in_vain_.clear();
  }
  if (!in_vain_.contains(network)) look_who_waits();
  if (waiting_.admits(network)) return Done{};
  in_vain_.insert(network);
  return busy({"share_waiting"_reason, "sessions that may wait for their camera"});
}

void Quota::add(const std::string& session, const std::string& address, std::size_t offer,
                Waits waits) {
  const std::string network = network_of(address);
  all_.add(network);
  waiting_.add(network);
  offers_.add(network, offer);
  entries_.insert_or_assign(session, Entry{network, offer, std::move(waits)});
}

void Quota::remove(const std::string& session) {
  const auto found = entries_.find(session);
  if (found == entries_.end()) return;
  const Entry& entry = found->second;
  all_.remove(entry.network);
  offers_.remove(entry.network, entry.offer);
  if (entry.waits) waiting_.remove(entry.network);
  entries_.erase(found);
}

void Quota::look_who_waits() {
  for (auto& [session, entry] : entries_) {
    if (!entry.waits || entry.waits()) continue;
    entry.waits = nullptr;
    waiting_.remove(entry.network);
  }
}

} // namespace fanlight::session
