#include "branch_queue.h"

#include <algorithm>
#include <utility>

#include "sticky.h"

namespace fanlight::goptee {

void BranchQueue::push(EventRef event) { items_.emplace_back(std::move(event)); }

void BranchQueue::push(const GopSnapshot& snapshot, bool afresh) {
  discard_frames();
  gap_ = false; // The live frames follow directly; the replay marks its own beginning.
  items_.emplace_back(Replay{snapshot, afresh});
}

bool BranchQueue::push(const LiveFrame& frame) {
  const gsize size = gst_buffer_get_size(frame.buffer.get());
  const GstClockTime time = GST_BUFFER_DTS_OR_PTS(frame.buffer.get());
  if (!fits(size, time) && !make_room(frame, size, time)) {
    lose_one();
    gap_ = true;
    return false;
  }
  bytes_ += size;
  ++buffers_;
  items_.emplace_back(Frame{frame.buffer, frame.key, std::exchange(gap_, false), size, time});
  return true;
}

bool BranchQueue::fits(gsize size, GstClockTime time) const {
  if (buffers_ == 0) return true; // Otherwise a large frame would never get through.
  if (limits_.bytes > 0 && bytes_ + size > limits_.bytes) return false;
  if (limits_.buffers > 0 && buffers_ + 1 > limits_.buffers) return false;
  const GstClockTime oldest = oldest_time();
  return limits_.duration == 0 || !GST_CLOCK_TIME_IS_VALID(time) ||
         !GST_CLOCK_TIME_IS_VALID(oldest) || time <= oldest || time - oldest <= limits_.duration;
}

bool BranchQueue::make_room(const LiveFrame& frame, gsize size, GstClockTime time) {
  if (!frame.grouped) {
    while (!fits(size, time)) lose_oldest_frame();
    return true;
  }
  if (frame.key) {
    lose_before(items_.size());
    return true;
  }
  // The newest group in the queue may stay if everything before it is removed.
  const auto newest_key = std::find_if(items_.rbegin(), items_.rend(), [](const Item& item) {
    const Frame* queued = std::get_if<Frame>(&item);
    return queued && queued->key;
  });
  if (newest_key != items_.rend()) {
    lose_before(static_cast<std::size_t>(items_.rend() - newest_key) - 1);
    if (fits(size, time)) return true;
  }
  lose_before(items_.size());
  return false;
}

void BranchQueue::lose_oldest_frame() {
  const auto oldest = std::find_if(items_.begin(), items_.end(), [](const Item& item) {
    return std::holds_alternative<Frame>(item);
  });
  if (oldest == items_.end()) return;
  bytes_ -= std::get<Frame>(*oldest).size;
  --buffers_;
  lose_one();
  mark_gap(items_.erase(oldest));
}

void BranchQueue::lose_before(std::size_t end) {
  bool in_group = false; // In a group that has already lost a frame.
  const auto lose = [&](bool begins_group, guint64 buffers) {
    if (begins_group || !in_group) ++loss_.groups;
    in_group = true;
    loss_.buffers += buffers;
  };
  std::deque<Item> kept;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    Item& item = items_[i];
    if (i >= end || std::holds_alternative<EventRef>(item)) {
      kept.push_back(std::move(item));
    } else if (const Replay* replay = std::get_if<Replay>(&item)) {
      lose(true, replay->snapshot.count - replay->taken);
    } else {
      const Frame& frame = std::get<Frame>(item);
      lose(frame.key, 1);
      bytes_ -= frame.size;
      --buffers_;
    }
  }
  items_ = std::move(kept);
  if (in_group) mark_gap(items_.begin());
}

void BranchQueue::mark_gap(std::deque<Item>::iterator from) {
  for (; from != items_.end(); ++from) {
    if (Frame* frame = std::get_if<Frame>(&*from)) {
      frame->discont = true;
      return;
    }
  }
  gap_ = true;
}

std::optional<BranchQueue::Begin> BranchQueue::begin_replay() {
  Replay* replay = items_.empty() ? nullptr : std::get_if<Replay>(&items_.front());
  if (!replay || replay->begun) return std::nullopt;
  replay->begun = true;
  return Begin{replay->snapshot, replay->afresh};
}

BranchQueue::Next BranchQueue::pop() {
  if (Replay* replay = std::get_if<Replay>(&items_.front())) return pop_replayed(*replay);
  Item item = std::move(items_.front());
  items_.pop_front();
  Next next;
  if (EventRef* event = std::get_if<EventRef>(&item)) {
    next.event = std::move(*event);
  } else {
    Frame& frame = std::get<Frame>(item);
    bytes_ -= frame.size;
    --buffers_;
    next.buffer = std::move(frame.buffer);
    next.discont = frame.discont;
  }
  return next;
}

BranchQueue::Next BranchQueue::pop_replayed(Replay& replay) {
  replay.last = replay.last ? replay.last->next : replay.snapshot.gop->first();
  Next next;
  next.buffer = replay.last->buffer;
  next.discont = replay.taken == 0;
  next.replayed = replay.taken++;
  if (replay.taken == replay.snapshot.count) {
    next.last_of_replay = true;
    next.gop = std::move(replay.snapshot.gop);
    items_.pop_front();
  }
  return next;
}

void BranchQueue::discard_frames() {
  std::erase_if(items_, [](const Item& item) { return !std::holds_alternative<EventRef>(item); });
  bytes_ = buffers_ = 0;
}

void BranchQueue::discard_flushed_events() {
  std::erase_if(items_, [](const Item& item) {
    const EventRef* event = std::get_if<EventRef>(&item);
    if (!event) return false;
    const GstEventType type = GST_EVENT_TYPE(event->get());
    return !is_sticky(event->get()) || type == GST_EVENT_SEGMENT || type == GST_EVENT_EOS;
  });
}

void BranchQueue::clear() {
  items_.clear();
  bytes_ = buffers_ = 0;
}

bool BranchQueue::holds_replay() const {
  return std::any_of(items_.begin(), items_.end(),
                     [](const Item& item) { return std::holds_alternative<Replay>(item); });
}

bool BranchQueue::holds_eos() const {
  return std::any_of(items_.begin(), items_.end(), [](const Item& item) {
    const EventRef* event = std::get_if<EventRef>(&item);
    return event && GST_EVENT_TYPE(event->get()) == GST_EVENT_EOS;
  });
}

GstClockTime BranchQueue::oldest_time() const {
  for (const Item& item : items_)
    if (const Frame* frame = std::get_if<Frame>(&item)) return frame->time;
  return GST_CLOCK_TIME_NONE;
}

BranchQueue::Level BranchQueue::level() const {
  Level level{.bytes = bytes_, .buffers = buffers_};
  const GstClockTime oldest = oldest_time();
  for (auto item = items_.rbegin(); item != items_.rend(); ++item) {
    const Frame* newest = std::get_if<Frame>(&*item);
    if (!newest) continue;
    if (GST_CLOCK_TIME_IS_VALID(newest->time) && GST_CLOCK_TIME_IS_VALID(oldest) &&
        newest->time > oldest)
      level.duration = newest->time - oldest;
    break;
  }
  return level;
}

} // namespace fanlight::goptee
