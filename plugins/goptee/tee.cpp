#include "tee.h"

#include <algorithm>

#include "sticky.h"
#include "timeline.h"

namespace fanlight::goptee {
namespace {

bool same_slot(GstEvent* a, GstEvent* b) {
  if (GST_EVENT_TYPE(a) != GST_EVENT_TYPE(b)) return false;
  if (!is_multi_sticky(a)) return true;
  const GstStructure* first = gst_event_get_structure(a);
  const GstStructure* second = gst_event_get_structure(b);
  return first && second && gst_structure_has_name(first, gst_structure_get_name(second));
}

GstCaps* caps_of(const EventRef& event) {
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event.get(), &caps);
  return caps;
}

const GstSegment* segment_of(const EventRef& event) {
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event.get(), &segment);
  return segment;
}

bool has_key_frames(GstCaps* caps) {
  const GstStructure* structure =
      gst_caps_get_size(caps) > 0 ? gst_caps_get_structure(caps, 0) : nullptr;
  return structure && g_str_has_prefix(gst_structure_get_name(structure), "video/");
}

} // namespace

void Tee::deliver(BufferRef buffer, GstClockTime running_time) {
  std::lock_guard lock(lock_);
  ++received_buffers_;
  received_bytes_ += gst_buffer_get_size(buffer.get());

  LiveFrame frame{std::move(buffer), grouped_, false};
  frame.key = grouped_ && !GST_BUFFER_FLAG_IS_SET(frame.buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  vitals_.frame(GST_BUFFER_PTS(frame.buffer.get()), frame.key, Vitals::Clock::now());
  const bool reordered = is_reordered(frame);
  if (reordered && settings.drop_b_frames) {
    ++dropped_b_frames_;
    return;
  }
  if (settings.restamp) keep_moving(frame, running_time, reordered);
  if (grouped_) cache_.append(frame.buffer, frame.key);
  const GopSnapshot snapshot = cache_.snapshot();
  for (Branch* branch : branches_) branch->deliver(frame, snapshot);
}

bool Tee::is_reordered(const LiveFrame& frame) {
  if (!grouped_ || !picture_order_.is_reordered(frame.buffer.get(), frame.key)) return false;
  b_frames_ = true;
  return true;
}

void Tee::keep_moving(LiveFrame& frame, GstClockTime running_time, bool reordered) {
  if (segment_.format != GST_FORMAT_TIME) return;
  GstClockTime now = GST_CLOCK_TIME_NONE;
  if (GST_CLOCK_TIME_IS_VALID(running_time))
    now = gst_segment_position_from_running_time(&segment_, GST_FORMAT_TIME, running_time);
  Stamp stamp = stamp_of(frame.buffer.get());
  const GstClockTime pts = continuity_.next(stamp.pts, now, reordered);
  if (pts == stamp.pts) return;
  ++restamped_buffers_;
  stamp.pts = pts;
  if (GST_CLOCK_TIME_IS_VALID(stamp.dts)) stamp.dts = pts;
  frame.buffer = restamp(frame.buffer, stamp,
                         GST_BUFFER_FLAG_IS_SET(frame.buffer.get(), GST_BUFFER_FLAG_DISCONT));
}

void Tee::deliver(EventRef event) {
  std::lock_guard lock(lock_);
  if (GST_EVENT_TYPE(event.get()) == GST_EVENT_EOS && settings.hold_eos) {
    cache_.clear(false);
    return;
  }
  note(event);
  const bool new_stream = GST_EVENT_TYPE(event.get()) == GST_EVENT_STREAM_START;
  for (Branch* branch : branches_)
    new_stream ? branch->begin_stream(event) : branch->deliver(event);
}

void Tee::note(const EventRef& event) {
  const auto stored = std::find_if(sticky_.begin(), sticky_.end(), [&](const EventRef& other) {
    return same_slot(other.get(), event.get());
  });
  switch (GST_EVENT_TYPE(event.get())) {
  case GST_EVENT_STREAM_START:
    sticky_.clear();
    eos_ = {};
    grouped_ = false;
    cache_.clear(true);
    vitals_.begin();
    picture_order_.begin();
    b_frames_ = false;
    break;
  case GST_EVENT_CAPS:
    grouped_ = has_key_frames(caps_of(event));
    picture_order_.set_caps(caps_of(event));
    // A branch that starts later gets only the new caps, and frames with the old caps do not fit.
    if (stored != sticky_.end() && gst_caps_is_equal(caps_of(*stored), caps_of(event))) break;
    cache_.clear(true);
    if (stored != sticky_.end()) vitals_.format_changed();
    break;
  case GST_EVENT_SEGMENT:
    if (!gst_segment_is_equal(&segment_, segment_of(event))) continuity_.begin();
    gst_segment_copy_into(segment_of(event), &segment_);
    if (stored == sticky_.end() || !gst_segment_is_equal(segment_of(*stored), segment_of(event)))
      cache_.clear(false);
    break;
  case GST_EVENT_FLUSH_STOP:
    eos_ = {};
    std::erase_if(sticky_, [](const EventRef& other) {
      return GST_EVENT_TYPE(other.get()) == GST_EVENT_SEGMENT;
    });
    break;
  case GST_EVENT_EOS: eos_ = event; return; // Must follow a replay.
  default: break;
  }
  if (is_sticky(event.get())) remember(event);
}

void Tee::remember(const EventRef& event) {
  const auto place = std::find_if(sticky_.begin(), sticky_.end(), [&](const EventRef& other) {
    return same_slot(other.get(), event.get()) ||
           GST_EVENT_TYPE(other.get()) > GST_EVENT_TYPE(event.get());
  });
  if (place != sticky_.end() && same_slot(place->get(), event.get()))
    *place = event;
  else
    sticky_.insert(place, event);
}

void Tee::flush() {
  std::lock_guard lock(lock_);
  cache_.clear(false);
  eos_ = {};
  for (Branch* branch : branches_) branch->flush();
}

void Tee::source_gone() {
  std::lock_guard lock(lock_);
  cache_.clear(true);
}

void Tee::reset() {
  std::lock_guard lock(lock_);
  cache_.clear(true);
  sticky_.clear();
  eos_ = {};
  grouped_ = false;
  picture_order_.begin();
  continuity_.begin();
  b_frames_ = false;
}

Tee::Opening Tee::open(Branch& branch, GstPad* pad) {
  std::lock_guard lock(lock_);
  branches_.push_back(&branch);
  return {branch.open(pad, cache_.snapshot(), eos_), sticky_};
}

void Tee::close(Branch& branch) {
  {
    std::lock_guard lock(lock_);
    std::erase(branches_, &branch);
  }
  branch.close();
}

void Tee::link_changed(Branch& branch, GstPad* pad) {
  std::lock_guard lock(lock_);
  branch.link_changed(pad, cache_.snapshot());
}

GopSnapshot Tee::replayable() const {
  // With B-frames, the frames that were shown and those in the group interleave: no timestamps
  // would put the whole group after them.
  return cache_.reordered() ? GopSnapshot{} : cache_.snapshot();
}

bool Tee::request_key_unit(Branch& branch) {
  std::lock_guard lock(lock_);
  branch.replay_on_request(replayable(), settings.key_unit_interval);
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::nanoseconds interval(settings.upstream_key_unit_interval);
  if (last_upstream_request_ && now - *last_upstream_request_ < interval) return false;
  last_upstream_request_ = now;
  ++key_unit_requests_sent_;
  return true;
}

void Tee::replay_late_start(Branch& branch) {
  std::lock_guard lock(lock_);
  branch.replay_late_start(replayable());
}

void Tee::set_bounds(GopCache::Bounds bounds) {
  std::lock_guard lock(lock_);
  cache_.set_bounds(bounds);
}

GopCache::Bounds Tee::bounds() const {
  std::lock_guard lock(lock_);
  return cache_.bounds();
}

Tee::Stats Tee::stats() const {
  std::lock_guard lock(lock_);
  return {.cached_bytes = cache_.bytes(),
          .cached_buffers = cache_.buffers(),
          .cached_duration = cache_.duration(),
          .groups = cache_.groups(),
          .outgrown_groups = cache_.outgrown(),
          .received_buffers = received_buffers_,
          .received_bytes = received_bytes_,
          .key_unit_requests_sent = key_unit_requests_sent_,
          .branches = static_cast<guint>(branches_.size()),
          .b_frames = b_frames_ || cache_.reordered(),
          .dropped_b_frames = dropped_b_frames_,
          .restamped_buffers = restamped_buffers_,
          .vitals = vitals_.stats(Vitals::Clock::now())};
}

} // namespace fanlight::goptee
