#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace fanlight::http {

/// Divides a turn of the main loop equally among many users. If the turn is full before all had
/// their part, the others go first in the next turn.
///
/// What a user consumed is known only afterwards; what exceeds its part counts against its next
/// turns. Threads: main only.
template <class Key> class TurnShare {
 public:
  /// A turn has room for `all`. However many users there are, each may use `least`; a single user
  /// may use `most`, which may exceed `all`.
  TurnShare(std::size_t all, std::size_t most, std::size_t least)
      : all_(all), most_(most), least_(least) {}

  /// Whether `key` may begin something in this turn.
  bool admits(const Key& key) {
    const auto found = used_.find(key);
    if (found != used_.end() && found->second >= share()) return false;
    if (taken_ < room(sharers())) return true;
    put_off();
    return false;
  }
  void charge(const Key& key, std::size_t cost) {
    used_[key] += cost;
    taken_ += cost;
  }
  /// A user that had not used up its part got nothing in this turn.
  void put_off() { put_off_ = true; }
  void next_turn() {
    taken_ = 0;
    // New parts are assigned when every user has had one.
    if (std::exchange(put_off_, false)) return;
    sharers_ = used_.size();
    const std::size_t part = share();
    for (auto& [key, used] : used_) used -= std::min(used, part);
    std::erase_if(used_, [](const auto& entry) { return entry.second == 0; });
  }
  void forget(const Key& key) { used_.erase(key); }
  bool empty() const { return used_.empty() && !put_off_; }

 private:
  std::size_t sharers() const { return std::max({sharers_, used_.size(), std::size_t{1}}); }
  std::size_t room(std::size_t sharers) const { return sharers == 1 ? most_ : all_; }
  std::size_t share() const { return std::clamp(room(sharers()) / sharers(), least_, most_); }

  const std::size_t all_;
  const std::size_t most_;
  const std::size_t least_;
  std::size_t taken_ = 0;   ///< In this turn.
  std::size_t sharers_ = 0; ///< The number of users when parts were last assigned.
  bool put_off_ = false;
  std::unordered_map<Key, std::size_t> used_; ///< Since then.
};

} // namespace fanlight::http
