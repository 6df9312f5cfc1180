#include "branch.h"

#include <algorithm>

#include "sticky.h"

GST_DEBUG_CATEGORY_EXTERN(gst_goptee_debug);
#define GST_CAT_DEFAULT gst_goptee_debug

namespace fanlight {

unsigned Branch::open(GstPad* pad, const GopSnapshot& snapshot, EventRef eos) {
  std::lock_guard lock(lock_);
  open_ = true;
  new_thread_ = true;
  queue_.clear();
  level_bytes_ = level_buffers_ = 0;
  eos_ = std::move(eos);
  phase_ = Phase::unlinked;
  ++epoch_;
  if (gst_pad_is_linked(pad)) start(snapshot);
  return ++run_;
}

void Branch::close() {
  std::lock_guard lock(lock_);
  open_ = false;
  ++epoch_;
  replay_ = {};
  queue_.clear();
  level_bytes_ = level_buffers_ = 0;
  late_start_ = false;
  eos_ = {};
  work_.notify_all();
}

bool Branch::wait_until_idle(std::chrono::milliseconds longest) {
  std::unique_lock lock(lock_);
  return idle_.wait_for(lock, longest, [this] { return !pushing_; });
}

bool Branch::on_streaming_thread() const {
  std::lock_guard lock(lock_);
  return thread_ == std::this_thread::get_id();
}

void Branch::set_limits(const Limits& limits) {
  std::lock_guard lock(lock_);
  limits_ = limits;
}

Branch::Limits Branch::limits() const {
  std::lock_guard lock(lock_);
  return limits_;
}

Branch::Counters Branch::counters() const {
  std::lock_guard lock(lock_);
  Counters counters = counters_;
  counters.level_buffers = level_buffers_;
  counters.level_bytes = level_bytes_;
  counters.level_duration = level_duration();
  counters.waiting_for_key = phase_ == Phase::flowing && waiting_ != Waiting::no;
  return counters;
}

void Branch::link_changed(GstPad* pad, const GopSnapshot& snapshot) {
  std::lock_guard lock(lock_);
  if (!open_) return;
  ++epoch_;
  // Two threads may link and unlink at a time: what counts is how it is now.
  if (gst_pad_is_linked(pad)) {
    start(snapshot);
  } else {
    phase_ = Phase::unlinked;
    discard_frames();
  }
}

void Branch::start(const GopSnapshot& snapshot) {
  discard_frames();
  ++epoch_;
  phase_ = Phase::flowing;
  waiting_ = Waiting::for_start;
  discont_ = true;
  joining_ = true;
  if (snapshot) put_replay(snapshot, true);
  if (eos_) enqueue(Item(std::move(eos_)));
  eos_ = {};
}

void Branch::deliver(const LiveFrame& frame, const GopSnapshot& snapshot) {
  std::lock_guard lock(lock_);
  if (!open_ || phase_ == Phase::unlinked || phase_ == Phase::ended) return;
  if (phase_ == Phase::parked) {
    start(snapshot);
    if (snapshot) return; // The frame is in it.
  }
  enqueue(frame);
}

void Branch::deliver(const EventRef& event) {
  std::lock_guard lock(lock_);
  if (!open_) return;
  const GstEventType type = GST_EVENT_TYPE(event.get());
  if (type == GST_EVENT_EOS && phase_ == Phase::unlinked) {
    eos_ = event;
    return;
  }
  // Sticky events go to the pad even without a peer: it gets them when it is linked.
  if (!is_sticky(event.get()) && type != GST_EVENT_FLUSH_STOP) {
    if (phase_ != Phase::flowing || waiting_ == Waiting::after_loss) return;
  }
  enqueue(Item(event));
}

void Branch::begin_stream(const EventRef& stream_start) {
  std::lock_guard lock(lock_);
  if (!open_) return;
  if (phase_ == Phase::ended) phase_ = Phase::parked;
  waiting_ = Waiting::for_start;
  discont_ = true;
  late_start_ = false;
  eos_ = {};
  enqueue(Item(stream_start));
}

void Branch::flush() {
  std::lock_guard lock(lock_);
  if (!open_) return;
  ++epoch_;
  discard_frames();
  std::erase_if(queue_, [](const Item& item) {
    GstEvent* event = std::get<EventRef>(item).get();
    return !is_sticky(event) || GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT ||
           GST_EVENT_TYPE(event) == GST_EVENT_EOS;
  });
  if (phase_ == Phase::ended) phase_ = Phase::parked;
  waiting_ = Waiting::for_start;
  discont_ = true;
}

bool Branch::replay_on_request(const GopSnapshot& snapshot, GstClockTime interval) {
  std::lock_guard lock(lock_);
  ++counters_.key_unit_requests;
  if (!open_ || phase_ != Phase::flowing || !snapshot || replay_) return false;
  for (const Item& item : queue_) {
    if (std::holds_alternative<QueuedReplay>(item)) return false;
    const EventRef* event = std::get_if<EventRef>(&item);
    if (event && GST_EVENT_TYPE(event->get()) == GST_EVENT_EOS) return false;
  }
  if (last_replay_ && Clock::now() - *last_replay_ < std::chrono::nanoseconds(interval))
    return false;
  put_replay(snapshot, false);
  return true;
}

void Branch::replay_late_start(const GopSnapshot& snapshot) {
  std::lock_guard lock(lock_);
  // In the meantime a key frame may have come, or the peer gone.
  if (!open_ || phase_ != Phase::flowing || waiting_ != Waiting::after_loss || !snapshot) return;
  put_replay(snapshot, false);
}

void Branch::put_replay(const GopSnapshot& snapshot, bool afresh) {
  discard_frames();
  waiting_ = Waiting::no;
  discont_ = false;
  last_replay_ = Clock::now();
  ++counters_.replays;
  enqueue(Item(QueuedReplay{snapshot, afresh}));
}

void Branch::enqueue(Item item) {
  queue_.push_back(std::move(item));
  work_.notify_one();
}

void Branch::enqueue(const LiveFrame& frame) {
  if (frame.grouped && waiting_ != Waiting::no) {
    if (!frame.key) {
      if (waiting_ == Waiting::after_loss) ++counters_.dropped_buffers;
      return;
    }
    late_start_ = false; // It starts here instead.
  }
  waiting_ = Waiting::no;

  GstBuffer* buffer = frame.buffer.get();
  const gsize size = gst_buffer_get_size(buffer);
  const GstClockTime time = GST_BUFFER_DTS_OR_PTS(buffer);
  if (!fits(size, time) && !make_room(frame, size, time)) return;
  level_bytes_ += size;
  ++level_buffers_;
  enqueue(Item(QueuedFrame{frame.buffer, frame.key, std::exchange(discont_, false), size, time}));
}

bool Branch::fits(gsize size, GstClockTime time) const {
  if (level_buffers_ == 0) return true; // However large: nothing would ever get through.
  if (limits_.bytes > 0 && level_bytes_ + size > limits_.bytes) return false;
  if (limits_.buffers > 0 && level_buffers_ + 1 > limits_.buffers) return false;
  const GstClockTime oldest = oldest_time();
  return limits_.duration == 0 || !GST_CLOCK_TIME_IS_VALID(time) ||
         !GST_CLOCK_TIME_IS_VALID(oldest) || time <= oldest || time - oldest <= limits_.duration;
}

bool Branch::make_room(const LiveFrame& frame, gsize size, GstClockTime time) {
  if (!frame.grouped) {
    while (!fits(size, time)) lose_oldest_frame();
    return true;
  }
  if (frame.key) {
    lose_frames_before(queue_.size());
    return true;
  }
  // The newest group in the queue may stay if all before it goes.
  const auto newest_key = std::find_if(queue_.rbegin(), queue_.rend(), [](const Item& item) {
    const QueuedFrame* queued = std::get_if<QueuedFrame>(&item);
    return queued && queued->key;
  });
  if (newest_key != queue_.rend()) {
    lose_frames_before(static_cast<std::size_t>(queue_.rend() - newest_key) - 1);
    if (fits(size, time)) return true;
  }
  lose_frames_before(queue_.size());
  waiting_ = Waiting::after_loss;
  ++counters_.dropped_buffers; // This one.
  late_start_ = joining_;
  return false;
}

void Branch::lose_oldest_frame() {
  const auto oldest = std::find_if(queue_.begin(), queue_.end(), [](const Item& item) {
    return std::holds_alternative<QueuedFrame>(item);
  });
  if (oldest == queue_.end()) return;
  level_bytes_ -= std::get<QueuedFrame>(*oldest).size;
  --level_buffers_;
  ++counters_.dropped_buffers;
  mark_discont(queue_.erase(oldest));
}

void Branch::lose_frames_before(std::size_t end) {
  bool in_group = false; // Of which a frame was lost already.
  const auto lose = [&](bool begins_group, guint64 buffers) {
    if (buffers == 0) return;
    if (begins_group || !in_group) ++counters_.dropped_groups;
    in_group = true;
    counters_.dropped_buffers += buffers;
  };
  if (replay_) lose(false, replay_.count - replay_taken_);
  replay_ = {};

  std::deque<Item> kept;
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    Item& item = queue_[i];
    if (i < end && std::holds_alternative<QueuedReplay>(item)) {
      lose(true, std::get<QueuedReplay>(item).snapshot.count);
    } else if (i < end && std::holds_alternative<QueuedFrame>(item)) {
      const QueuedFrame& queued = std::get<QueuedFrame>(item);
      lose(queued.key, 1);
      level_bytes_ -= queued.size;
      --level_buffers_;
    } else {
      kept.push_back(std::move(item));
    }
  }
  queue_ = std::move(kept);
  if (in_group) mark_discont(queue_.begin());
}

void Branch::mark_discont(std::deque<Item>::iterator from) {
  for (; from != queue_.end(); ++from) {
    if (QueuedFrame* queued = std::get_if<QueuedFrame>(&*from)) {
      queued->discont = true;
      return;
    }
  }
  discont_ = true;
}

void Branch::discard_frames() {
  replay_ = {};
  late_start_ = false;
  std::erase_if(queue_, [](const Item& item) { return !std::holds_alternative<EventRef>(item); });
  level_bytes_ = level_buffers_ = 0;
}

GstClockTime Branch::oldest_time() const {
  for (const Item& item : queue_)
    if (const QueuedFrame* queued = std::get_if<QueuedFrame>(&item)) return queued->time;
  return GST_CLOCK_TIME_NONE;
}

GstClockTime Branch::level_duration() const {
  const GstClockTime oldest = oldest_time();
  for (auto item = queue_.rbegin(); item != queue_.rend(); ++item) {
    const QueuedFrame* newest = std::get_if<QueuedFrame>(&*item);
    if (!newest) continue;
    if (!GST_CLOCK_TIME_IS_VALID(newest->time) || !GST_CLOCK_TIME_IS_VALID(oldest)) return 0;
    return newest->time > oldest ? newest->time - oldest : 0;
  }
  return 0;
}

Branch::Step Branch::step(GstPad* pad, unsigned run, GstClockTime step_size) {
  std::unique_lock lock(lock_);
  const auto mine = [&] { return open_ && run == run_; };
  while (mine() && !late_start_ && !replay_ && queue_.empty()) {
    if (waiting_ == Waiting::no) joining_ = false;
    work_.wait(lock);
  }
  if (!mine()) return Step::stop;
  if (std::exchange(new_thread_, false)) {
    thread_ = std::this_thread::get_id();
    timeline_.forget();
    // The segment that was stored on the pad before this thread began.
    const EventRef segment = EventRef::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
    if (segment) enter(segment.get());
  }
  if (std::exchange(late_start_, false)) {
    GST_DEBUG_OBJECT(pad, "The branch was not ready for its start; it starts again");
    joining_ = false; // Once: a branch that is just slow must not be fed group after group.
    return Step::wants_replay;
  }

  Push push;
  if (replay_) {
    push = next_of_replay();
  } else {
    Item item = std::move(queue_.front());
    queue_.pop_front();
    if (QueuedReplay* replay = std::get_if<QueuedReplay>(&item)) {
      begin_replay(pad, lock, std::move(*replay), step_size);
      return Step::again;
    }
    if (EventRef* event = std::get_if<EventRef>(&item)) push.event = std::move(*event);
    if (QueuedFrame* frame = std::get_if<QueuedFrame>(&item)) {
      level_bytes_ -= frame->size;
      --level_buffers_;
      push.buffer = std::move(frame->buffer);
      push.discont = frame->discont;
    }
  }

  const unsigned epoch = epoch_;
  pushing_ = true;
  lock.unlock();
  const gsize size = push.buffer ? gst_buffer_get_size(push.buffer.get()) : 0;
  const bool is_buffer = static_cast<bool>(push.buffer);
  const GstFlowReturn flow = is_buffer ? push_frame(pad, push) : push_event(pad, push);
  lock.lock();
  pushing_ = false;
  idle_.notify_all();
  if (is_buffer) judge(flow, size, epoch, push.last_of_replay);
  if (flow != GST_FLOW_OK) GST_INFO_OBJECT(pad, "The branch says %s", gst_flow_get_name(flow));
  return Step::again;
}

void Branch::begin_replay(GstPad* pad, std::unique_lock<std::mutex>& lock, QueuedReplay replay,
                          GstClockTime step_size) {
  replay_ = replay.snapshot;
  replay_frame_ = nullptr;
  replay_taken_ = 0;
  lock.unlock();

  if (replay.afresh) timeline_.forget_sent();
  std::vector<Stamp> stamps;
  stamps.reserve(replay.snapshot.count);
  const Gop::Frame* frame = replay.snapshot.gop->first();
  while (true) {
    stamps.push_back(stamp_of(frame->buffer.get()));
    // What follows the last frame of the snapshot is not ours to look at.
    if (stamps.size() == replay.snapshot.count) break;
    frame = frame->next;
  }
  plan_ = timeline_.plan(stamps, step_size, replay.snapshot.interval);
  GST_DEBUG_OBJECT(
      pad, "Replays %" G_GSIZE_FORMAT " frames as %" GST_TIME_FORMAT " to %" GST_TIME_FORMAT,
      plan_.size(), GST_TIME_ARGS(plan_.front().pts), GST_TIME_ARGS(plan_.back().pts));
}

Branch::Push Branch::next_of_replay() {
  replay_frame_ = replay_frame_ ? replay_frame_->next : replay_.gop->first();
  Push push;
  push.buffer = replay_frame_->buffer;
  push.discont = replay_taken_ == 0;
  push.replayed = replay_taken_++;
  if (replay_taken_ == replay_.count) {
    push.last_of_replay = true;
    // The group dies with the push, not under the lock.
    push.gop = std::move(replay_.gop);
    replay_ = {};
  }
  return push;
}

GstFlowReturn Branch::push_frame(GstPad* pad, Push& push) {
  const Stamp old = stamp_of(push.buffer.get());
  const Stamp stamp = push.replayed ? plan_[*push.replayed] : timeline_.follow(old);
  const bool discont =
      push.discont || GST_BUFFER_FLAG_IS_SET(push.buffer.get(), GST_BUFFER_FLAG_DISCONT);
  BufferRef buffer = restamp(push.buffer, stamp, discont);
  push.buffer = {};
  const GstFlowReturn flow = gst_pad_push(pad, buffer.release());
  if (flow == GST_FLOW_OK) timeline_.sent(stamp);
  return flow;
}

void Branch::enter(GstEvent* segment_event) {
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(segment_event, &segment);
  timeline_.enter(*segment);
}

GstFlowReturn Branch::push_event(GstPad* pad, Push& push) {
  GstEvent* event = push.event.get();
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
    enter(event);
  } else if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    timeline_.forget();
  }
  gst_pad_push_event(pad, push.event.release());
  return GST_FLOW_OK; // An event that nobody takes is no reason to stop.
}

void Branch::judge(GstFlowReturn flow, gsize size, unsigned epoch, bool last_of_replay) {
  if (flow == GST_FLOW_OK) {
    ++counters_.pushed_buffers;
    counters_.pushed_bytes += size;
    if (last_of_replay) last_replay_ = Clock::now();
  }
  if (epoch != epoch_) return;
  counters_.last_flow = flow;
  if (flow == GST_FLOW_OK) return;
  ++epoch_;
  discard_frames();
  phase_ = flow == GST_FLOW_NOT_LINKED || flow == GST_FLOW_FLUSHING ? Phase::parked : Phase::ended;
}

} // namespace fanlight
