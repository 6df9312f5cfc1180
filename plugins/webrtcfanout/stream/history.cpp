#include "webrtcfanout/stream/history.h"

#include <algorithm>
#include <iterator>

namespace fanlight::fanout {

void History::append(FramePtr frame) {
  if (!frames_.empty() && frame->number != end()) clear();
  bytes_ += frame->memory_bytes();
  if (frame->key) keys_.push_back(frame->number);
  frames_.push_back(std::move(frame));

  const std::int64_t now = frames_.back()->arrived_us;
  const auto age = [&] { return now - frames_.front()->arrived_us; };
  // A finished group is still used for repair: a viewer that began with it a moment ago has just
  // received all of it, however old it is.
  for (const Frame* next = second_group(); next != nullptr && now - next->arrived_us > kRepairUs;
       next = second_group())
    drop_front();
  while (frames_.size() > 1 && (bytes_ > bounds_.bytes || age() > bounds_.duration_us))
    drop_front();
  // Without its beginning, no viewer can start with a group: only repair needs it.
  while (frames_.size() > 1 && keys_.empty() && age() > kRepairUs) drop_front();
}

const Frame* History::second_group() const {
  const std::size_t at = !keys_.empty() && keys_.front() == first() ? 1 : 0;
  return at < keys_.size() ? find(keys_[at]) : nullptr;
}

void History::drop_front() {
  bytes_ -= frames_.front()->memory_bytes();
  if (!keys_.empty() && keys_.front() == first()) keys_.pop_front();
  frames_.pop_front();
}

void History::clear() {
  frames_.clear();
  keys_.clear();
  bytes_ = 0;
}

const Frame* History::find(std::uint64_t number) const {
  if (empty() || number < first() || number >= end()) return nullptr;
  return frames_[number - first()].get();
}

const Frame* History::find_packet(std::uint64_t packet) const {
  const auto after = std::upper_bound(
      frames_.begin(), frames_.end(), packet,
      [](std::uint64_t p, const FramePtr& frame) { return p < frame->first_packet; });
  if (after == frames_.begin()) return nullptr;
  const Frame* const frame = std::prev(after)->get();
  return packet < frame->end_packet() ? frame : nullptr;
}

const Frame* History::group_start() const { return keys_.empty() ? nullptr : find(keys_.back()); }

std::uint64_t History::groups_between(std::uint64_t from, std::uint64_t to) const {
  return static_cast<std::uint64_t>(std::count_if(
      keys_.begin(), keys_.end(), [&](std::uint64_t key) { return key >= from && key < to; }));
}

} // namespace fanlight::fanout
