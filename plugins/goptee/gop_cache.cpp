#include "gop_cache.h"

#include <algorithm>

namespace fanlight::goptee {
namespace {

constexpr GstClockTime kUnknownInterval = 33 * GST_MSECOND;

} // namespace

Gop::~Gop() {
  while (first_) delete std::exchange(first_, first_->next);
}

void Gop::append(BufferRef buffer) {
  Frame* frame = new Frame{std::move(buffer)};
  (last_ ? last_->next : first_) = frame;
  last_ = frame;
}

void GopCache::append(const BufferRef& buffer, bool key) {
  const GstClockTime time = GST_BUFFER_DTS_OR_PTS(buffer.get());
  learn_timing(GST_BUFFER_PTS(buffer.get()), key);
  if (key) {
    drop_group();
    gop_ = std::make_shared<Gop>();
    first_time_ = time;
    ++groups_;
  } else if (!gop_) {
    return;
  }

  bytes_ += gst_buffer_get_size(buffer.get());
  if (GST_CLOCK_TIME_IS_VALID(time) && GST_CLOCK_TIME_IS_VALID(first_time_) && time > first_time_)
    duration_ = time - first_time_;
  if ((bounds_.bytes > 0 && bytes_ > bounds_.bytes) ||
      (bounds_.duration > 0 && duration_ > bounds_.duration)) {
    drop_group();
    ++outgrown_;
    return;
  }
  gop_->append(buffer);
  ++count_;
}

void GopCache::learn_timing(GstClockTime pts, bool key) {
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return;
  if (!key && GST_CLOCK_TIME_IS_VALID(highest_pts_) && pts < highest_pts_) reordered_ = true;
  if (GST_CLOCK_TIME_IS_VALID(last_pts_) && pts > last_pts_) {
    const GstClockTime distance = std::min<GstClockTime>(pts - last_pts_, GST_SECOND);
    interval_ = interval_ > 0 ? (7 * interval_ + distance) / 8 : distance;
  }
  last_pts_ = pts;
  highest_pts_ = key || !GST_CLOCK_TIME_IS_VALID(highest_pts_) ? pts : std::max(highest_pts_, pts);
}

void GopCache::clear(bool new_stream) {
  drop_group();
  if (!new_stream) return;
  last_pts_ = highest_pts_ = GST_CLOCK_TIME_NONE;
  interval_ = 0;
  reordered_ = false;
}

void GopCache::drop_group() {
  gop_.reset();
  count_ = 0;
  bytes_ = 0;
  duration_ = 0;
  first_time_ = GST_CLOCK_TIME_NONE;
}

GopSnapshot GopCache::snapshot() const {
  return {gop_, count_, bytes_, interval_ > 0 ? interval_ : kUnknownInterval};
}

} // namespace fanlight::goptee
