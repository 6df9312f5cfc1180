#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/fair_share.h"
#include "base/result.h"

namespace fanlight::session {

/// How many sessions each address has, how many of them wait for their camera, and how many bytes
/// of offers the server keeps for them. Of each, an address gets its FairShare.
///
/// Half of all sessions may wait, more if there are few: a waiting session costs its client only
/// one message. Threads: main only. Lifetime: owned by the SessionTable.
class Quota {
 public:
  using Waits = std::function<bool()>;

  explicit Quota(std::size_t viewers) { resize(viewers); }
  /// Applies a new webrtc.max_viewers; existing sessions stay.
  void resize(std::size_t viewers);

  /// Whether the client of `address` may open another session with an offer of that many bytes.
  /// Errc::busy.
  Result<Done> check(const std::string& address, std::size_t offer);
  /// `waits` is called from time to time until it returns false, or until remove().
  void add(const std::string& session, const std::string& address, std::size_t offer, Waits waits);
  void remove(const std::string& session);

 private:
  struct Entry {
    std::string network;
    std::size_t offer = 0;
    Waits waits; ///< Empty: no longer waits.
  };
  void look_who_waits();

  FairShare all_{0};
  FairShare waiting_{0}; ///< Some of them may no longer wait.
  FairShare offers_{0};  ///< Bytes.
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_set<std::string> in_vain_; // Addresses for which a recent check found nothing.
  std::chrono::steady_clock::time_point forgot_at_; // When in_vain_ was last cleared.
};

} // namespace fanlight::session
