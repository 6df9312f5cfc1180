#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// The newest frames of a stream, for the start of new viewers and for retransmission.
///
/// Keeps the current group of pictures and, for repair, the previous one for a second after its
/// end, both within the limits; drops the previous one first. A group that exceeds the limits loses
/// its beginning; then no viewer can start before the next key frame. Threads: none of its own.
class History {
 public:
  struct Bounds {
    std::uint64_t bytes = 16 * 1024 * 1024;
    std::int64_t duration_us = 60'000'000;
  };
  /// How long a finished group, or one without its beginning, is kept for repair, in us.
  static constexpr std::int64_t kRepairUs = 1'000'000;

  explicit History(Bounds bounds) : bounds_(bounds) {}

  const Bounds& bounds() const { return bounds_; }
  void append(FramePtr frame);
  void clear();

  bool empty() const { return frames_.empty(); }
  std::uint64_t first() const { return frames_.front()->number; } ///< Must not be called if empty.
  std::uint64_t end() const { return frames_.empty() ? 0 : frames_.back()->number + 1; }
  const FramePtr& newest() const { return frames_.back(); }
  /// The frame of that number; null if it is not in the history.
  const Frame* find(std::uint64_t number) const;
  /// The frame that contains a packet; null if it is not in the history.
  const Frame* find_packet(std::uint64_t packet) const;
  /// The newest key frame; null if the group has lost it.
  const Frame* group_start() const;
  /// The number of key frames in [from, to).
  std::uint64_t groups_between(std::uint64_t from, std::uint64_t to) const;

  std::uint64_t bytes() const { return bytes_; }
  /// Calls `call` for all frames from `number` on.
  template <typename Call> void each_from(std::uint64_t number, Call call) const {
    if (empty()) return;
    const std::uint64_t skipped = number > first() ? number - first() : 0;
    for (std::size_t i = skipped; i < frames_.size(); ++i) call(frames_[i]);
  }

 private:
  void drop_front();
  /// The beginning of the second-oldest group; null if there is only one group.
  const Frame* second_group() const;

  const Bounds bounds_;
  std::deque<FramePtr> frames_;
  std::deque<std::uint64_t> keys_; ///< Numbers of the key frames.
  std::uint64_t bytes_ = 0;
};

} // namespace fanlight::fanout
