#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// The newest frames of a stream: what a new viewer starts with, and what is sent again.
///
/// Keeps the group of pictures that is under way and, for repair, the one before for a second after
/// its end, both within the bounds: the one before goes first. A group that outgrows them loses its
/// beginning, and then nobody can start before the next key frame. Threads: none of its own.
class History {
 public:
  struct Bounds {
    std::uint64_t bytes = 16 * 1024 * 1024;
    std::int64_t duration_us = 60'000'000;
  };
  /// For how long a group that is over, or has no beginning, is sent again, in us.
  static constexpr std::int64_t kRepairUs = 1'000'000;

  explicit History(Bounds bounds) : bounds_(bounds) {}

  const Bounds& bounds() const { return bounds_; }
  void append(FramePtr frame);
  void clear();

  bool empty() const { return frames_.empty(); }
  std::uint64_t first() const { return frames_.front()->number; } ///< Not of an empty one.
  std::uint64_t end() const { return frames_.empty() ? 0 : frames_.back()->number + 1; }
  const FramePtr& newest() const { return frames_.back(); }
  /// The frame of that number; null if it is not there (any more).
  const Frame* find(std::uint64_t number) const;
  /// The frame that holds a packet; null if it is not there.
  const Frame* find_packet(std::uint64_t packet) const;
  /// The newest key frame; null when the group has lost it.
  const Frame* group_start() const;
  /// Key frames between two frame numbers, [from, to).
  std::uint64_t groups_between(std::uint64_t from, std::uint64_t to) const;

  std::uint64_t bytes() const { return bytes_; }
  /// For whoever follows: all frames from `number` on.
  template <typename Call> void each_from(std::uint64_t number, Call call) const {
    if (empty()) return;
    const std::uint64_t skipped = number > first() ? number - first() : 0;
    for (std::size_t i = skipped; i < frames_.size(); ++i) call(frames_[i]);
  }

 private:
  void drop_front();
  /// Where the group after the oldest begins; null if there is one group only.
  const Frame* second_group() const;

  const Bounds bounds_;
  std::deque<FramePtr> frames_;
  std::deque<std::uint64_t> keys_; ///< Numbers of the key frames in it.
  std::uint64_t bytes_ = 0;
};

} // namespace fanlight::fanout
