#include "branch.h"

#include <algorithm>
#include <utility>

#include "sticky.h"

GST_DEBUG_CATEGORY_EXTERN(gst_goptee_debug);
#define GST_CAT_DEFAULT gst_goptee_debug

namespace fanlight::goptee {

unsigned Branch::open(GstPad* pad, const GopSnapshot& snapshot, EventRef eos) {
  std::lock_guard lock(lock_);
  open_ = true;
  new_thread_ = true;
  queue_.clear();
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
  queue_.clear();
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
  queue_.set_limits(limits);
}

Branch::Limits Branch::limits() const {
  std::lock_guard lock(lock_);
  return queue_.limits();
}

Branch::Counters Branch::counters() const {
  std::lock_guard lock(lock_);
  Counters counters = counters_;
  const BranchQueue::Level level = queue_.level();
  counters.level_buffers = level.buffers;
  counters.level_bytes = level.bytes;
  counters.level_duration = level.duration;
  counters.dropped_buffers = queue_.loss().buffers;
  counters.dropped_groups = queue_.loss().groups;
  counters.waiting_for_key = phase_ == Phase::flowing && waiting_ != Waiting::no;
  return counters;
}

void Branch::link_changed(GstPad* pad, const GopSnapshot& snapshot) {
  std::lock_guard lock(lock_);
  if (!open_) return;
  ++epoch_;
  // Two threads may link and unlink at the same time: only the present state counts.
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
  queue_.note_gap();
  joining_ = true;
  if (snapshot) put_replay(snapshot, true);
  if (eos_) enqueue(std::move(eos_));
  eos_ = {};
}

void Branch::deliver(const LiveFrame& frame, const GopSnapshot& snapshot) {
  std::lock_guard lock(lock_);
  if (!open_ || phase_ == Phase::unlinked || phase_ == Phase::ended) return;
  if (phase_ == Phase::parked) {
    start(snapshot);
    if (snapshot) return; // The frame is part of it.
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
  // Sticky events go to the pad even without a peer, which then gets them when it is linked.
  if (!is_sticky(event.get()) && type != GST_EVENT_FLUSH_STOP) {
    if (phase_ != Phase::flowing || waiting_ == Waiting::after_loss) return;
  }
  enqueue(event);
}

void Branch::begin_stream(const EventRef& stream_start) {
  std::lock_guard lock(lock_);
  if (!open_) return;
  if (phase_ == Phase::ended) phase_ = Phase::parked;
  waiting_ = Waiting::for_start;
  queue_.note_gap();
  late_start_ = false;
  eos_ = {};
  enqueue(stream_start);
}

void Branch::flush() {
  std::lock_guard lock(lock_);
  if (!open_) return;
  ++epoch_;
  discard_frames();
  queue_.discard_flushed_events();
  if (phase_ == Phase::ended) phase_ = Phase::parked;
  waiting_ = Waiting::for_start;
  queue_.note_gap();
}

bool Branch::replay_on_request(const GopSnapshot& snapshot, GstClockTime interval) {
  std::lock_guard lock(lock_);
  ++counters_.key_unit_requests;
  if (!open_ || phase_ != Phase::flowing || !snapshot) return false;
  if (queue_.holds_replay() || queue_.holds_eos()) return false;
  if (last_replay_ && Clock::now() - *last_replay_ < std::chrono::nanoseconds(interval))
    return false;
  put_replay(snapshot, false);
  return true;
}

void Branch::replay_late_start(const GopSnapshot& snapshot) {
  std::lock_guard lock(lock_);
  // Meanwhile a key frame may have arrived, or the peer may be gone.
  if (!open_ || phase_ != Phase::flowing || waiting_ != Waiting::after_loss || !snapshot) return;
  put_replay(snapshot, false);
}

void Branch::put_replay(const GopSnapshot& snapshot, bool afresh) {
  waiting_ = Waiting::no;
  late_start_ = false;
  last_replay_ = Clock::now();
  ++counters_.replays;
  queue_.push(snapshot, afresh);
  work_.notify_one();
}

void Branch::enqueue(EventRef event) {
  queue_.push(std::move(event));
  work_.notify_one();
}

void Branch::enqueue(const LiveFrame& frame) {
  if (frame.grouped && waiting_ != Waiting::no) {
    if (!frame.key) {
      if (waiting_ == Waiting::after_loss) queue_.lose_one();
      return;
    }
    late_start_ = false; // The snapshot is the start.
  }
  if (queue_.push(frame)) {
    waiting_ = Waiting::no;
    work_.notify_one();
  } else {
    waiting_ = Waiting::after_loss;
    late_start_ = joining_;
  }
}

void Branch::discard_frames() {
  late_start_ = false;
  queue_.discard_frames();
}

Branch::Step Branch::step(GstPad* pad, unsigned run, const ReplaySettings& settings) {
  std::unique_lock lock(lock_);
  const auto mine = [&] { return open_ && run == run_; };
  while (mine() && !late_start_ && queue_.empty()) {
    if (waiting_ == Waiting::no) joining_ = false;
    work_.wait(lock);
  }
  if (!mine()) return Step::stop;
  if (std::exchange(new_thread_, false)) {
    thread_ = std::this_thread::get_id();
    timeline_.forget();
    // The segment that was stored on the pad before this thread started.
    const EventRef segment = EventRef::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
    if (segment) enter(segment.get());
  }
  if (std::exchange(late_start_, false)) {
    GST_DEBUG_OBJECT(pad, "The branch was not ready for its first frames; it starts again");
    joining_ = false; // Only once: a branch that is merely slow must not get replay after replay.
    return Step::wants_replay;
  }

  if (const auto replay = queue_.begin_replay()) {
    lock.unlock();
    plan_replay(pad, *replay, settings);
    return Step::again;
  }
  if (queue_.replay_is_next() && Pace::Clock::now() < pace_.due()) {
    work_.wait_until(lock, pace_.due());
    return Step::again; // The wait is over; the replay may no longer apply.
  }

  BranchQueue::Next next = queue_.pop();
  const bool is_buffer = static_cast<bool>(next.buffer);
  const gsize size = is_buffer ? gst_buffer_get_size(next.buffer.get()) : 0;
  if (next.replayed) pace_.sent(size);
  const unsigned epoch = epoch_;
  pushing_ = true;
  lock.unlock();
  const GstFlowReturn flow = is_buffer ? push_frame(pad, next) : push_event(pad, next);
  lock.lock();
  pushing_ = false;
  idle_.notify_all();
  if (is_buffer) judge(flow, size, epoch, next.last_of_replay);
  if (flow != GST_FLOW_OK) GST_INFO_OBJECT(pad, "The branch returned %s", gst_flow_get_name(flow));
  return Step::again;
}

void Branch::plan_replay(GstPad* pad, const BranchQueue::Begin& replay,
                         const ReplaySettings& settings) {
  if (replay.afresh) timeline_.forget_sent();
  std::vector<Stamp> stamps;
  stamps.reserve(replay.snapshot.count);
  const Gop::Frame* frame = replay.snapshot.gop->first();
  while (true) {
    stamps.push_back(stamp_of(frame->buffer.get()));
    // Frames behind the snapshot must not be read here.
    if (stamps.size() == replay.snapshot.count) break;
    frame = frame->next;
  }
  pace_.begin(replay.snapshot.bytes, settings.bitrate);
  // A receiver would take frames that arrive later than their timestamps for a slow network.
  const GstClockTime step = std::max<GstClockTime>(
      settings.squeeze_step, static_cast<GstClockTime>(pace_.duration().count()) / stamps.size());
  plan_ = timeline_.plan(stamps, step, replay.snapshot.interval);
  GST_DEBUG_OBJECT(
      pad, "Replays %" G_GSIZE_FORMAT " frames as %" GST_TIME_FORMAT " to %" GST_TIME_FORMAT,
      plan_.size(), GST_TIME_ARGS(plan_.front().pts), GST_TIME_ARGS(plan_.back().pts));
}

GstFlowReturn Branch::push_frame(GstPad* pad, BranchQueue::Next& next) {
  const Stamp old = stamp_of(next.buffer.get());
  const Stamp stamp = next.replayed ? plan_[*next.replayed] : timeline_.follow(old);
  const bool discont =
      next.discont || GST_BUFFER_FLAG_IS_SET(next.buffer.get(), GST_BUFFER_FLAG_DISCONT);
  BufferRef buffer = restamp(next.buffer, stamp, discont);
  next.buffer = {};
  const GstFlowReturn flow = gst_pad_push(pad, buffer.release());
  if (flow == GST_FLOW_OK) timeline_.sent(stamp);
  return flow;
}

void Branch::enter(GstEvent* segment_event) {
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(segment_event, &segment);
  timeline_.enter(*segment);
}

GstFlowReturn Branch::push_event(GstPad* pad, BranchQueue::Next& next) {
  GstEvent* event = next.event.get();
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
    enter(event);
  } else if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    timeline_.forget();
  }
  gst_pad_push_event(pad, next.event.release());
  return GST_FLOW_OK; // An event that no element handles is no error.
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

} // namespace fanlight::goptee
