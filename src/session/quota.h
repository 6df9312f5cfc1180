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

/// Which address has how many of the sessions there may be, how many of those that wait for their
/// camera, and how many bytes of offers they make us keep. Of each an address has its FairShare.
///
/// Half of all sessions may wait, and more where there are few: they cost their client a message
/// each, and no more. Threads: main only. Lifetime: owned by the SessionTable.
class Quota {
 public:
  using Waits = std::function<bool()>;

  explicit Quota(std::size_t viewers) { resize(viewers); }
  /// webrtc.max_viewers may change; who is there stays.
  void resize(std::size_t viewers);

  /// Whether the client of `address` may open one more, with an offer of so many bytes. Errc::busy.
  Result<Done> check(const std::string& address, std::size_t offer);
  /// `waits` is asked from time to time until it says no, or until remove().
  void add(const std::string& session, const std::string& address, std::size_t offer, Waits waits);
  void remove(const std::string& session);

 private:
  struct Entry {
    std::string network;
    std::size_t offer = 0;
    Waits waits; ///< Empty: it waits no more.
  };
  void look_who_waits();

  FairShare all_{0};
  FairShare waiting_{0}; ///< Some of them may have ceased to wait.
  FairShare offers_{0};  ///< Bytes.
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_set<std::string> in_vain_;         ///< For whom it was looked who waits, lately.
  std::chrono::steady_clock::time_point forgot_at_; ///< Those.
};

} // namespace fanlight::session
