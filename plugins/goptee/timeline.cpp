#include "timeline.h"

#include <algorithm>

namespace fanlight::goptee {
namespace {

GstClockTime convert(GstClockTime time, const GstSegment& from, const GstSegment& to) {
  if (!GST_CLOCK_TIME_IS_VALID(time) || from.format != GST_FORMAT_TIME ||
      to.format != GST_FORMAT_TIME)
    return GST_CLOCK_TIME_NONE;
  const guint64 running = gst_segment_to_running_time(&from, GST_FORMAT_TIME, time);
  if (!GST_CLOCK_TIME_IS_VALID(running)) return GST_CLOCK_TIME_NONE;
  return gst_segment_position_from_running_time(&to, GST_FORMAT_TIME, running);
}

void raise(GstClockTime& highest, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return;
  highest = GST_CLOCK_TIME_IS_VALID(highest) ? std::max(highest, time) : time;
}

/// A source that goes back further has set its clock: there is nothing to catch up with.
constexpr GstClockTime kLongestNudge = GST_SECOND;

bool went_back(GstClockTime time, GstClockTime sent) {
  return GST_CLOCK_TIME_IS_VALID(time) && GST_CLOCK_TIME_IS_VALID(sent) &&
         time + kLongestNudge < sent;
}

bool comes_after(GstClockTime time, GstClockTime sent) {
  return !GST_CLOCK_TIME_IS_VALID(time) || !GST_CLOCK_TIME_IS_VALID(sent) || time > sent;
}

} // namespace

void Timeline::forget() {
  gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
  forget_sent();
}

void Timeline::forget_sent() {
  pts_ = dts_ = GST_CLOCK_TIME_NONE;
  after_replay_ = false;
}

void Timeline::enter(const GstSegment& segment) {
  pts_ = convert(pts_, segment_, segment);
  dts_ = convert(dts_, segment_, segment);
  segment_ = segment;
}

std::vector<Stamp> Timeline::plan(std::span<const Stamp> frames, GstClockTime step,
                                  GstClockTime interval) {
  const SqueezeOptions options{
      .step = step, .interval = interval, .sent_pts = pts_, .sent_dts = dts_};
  after_replay_ = !is_reordered(frames, options);
  return squeeze(frames, options);
}

Stamp Timeline::follow(const Stamp& live) {
  if (!after_replay_) return live;
  if ((comes_after(live.pts, pts_) && comes_after(live.dts, dts_)) || went_back(live.pts, pts_)) {
    after_replay_ = false;
    return live;
  }
  Stamp moved = live;
  if (!comes_after(live.pts, pts_)) moved.pts = pts_ + kRtpTick;
  if (!comes_after(live.dts, dts_)) moved.dts = dts_ + kRtpTick;
  if (GST_CLOCK_TIME_IS_VALID(moved.pts) && GST_CLOCK_TIME_IS_VALID(moved.dts))
    moved.pts = std::max(moved.pts, moved.dts);
  return moved;
}

void Timeline::sent(const Stamp& stamp) {
  raise(pts_, stamp.pts);
  raise(dts_, stamp.dts);
}

Stamp stamp_of(GstBuffer* buffer) {
  return {GST_BUFFER_PTS(buffer), GST_BUFFER_DTS(buffer), GST_BUFFER_DURATION(buffer)};
}

BufferRef restamp(const BufferRef& buffer, const Stamp& stamp, bool discont) {
  const Stamp old = stamp_of(buffer.get());
  const bool flagged = GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
  if (old.pts == stamp.pts && old.dts == stamp.dts && old.duration == stamp.duration &&
      flagged == discont)
    return buffer;
  BufferRef copy = BufferRef::adopt(gst_buffer_copy(buffer.get()));
  GST_BUFFER_PTS(copy.get()) = stamp.pts;
  GST_BUFFER_DTS(copy.get()) = stamp.dts;
  GST_BUFFER_DURATION(copy.get()) = stamp.duration;
  if (discont)
    GST_BUFFER_FLAG_SET(copy.get(), GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET(copy.get(), GST_BUFFER_FLAG_DISCONT);
  return copy;
}

} // namespace fanlight::goptee
