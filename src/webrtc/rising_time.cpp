#include "webrtc/rising_time.h"

namespace fanlight::webrtc {
namespace {

/// The least distance of two timestamps that differ on the 90 kHz clock of RTP.
constexpr GstClockTime kRtpTick = 11112;

class RisingTime {
 public:
  RisingTime() { gst_segment_init(&segment_, GST_FORMAT_UNDEFINED); }

  void enter(GstEvent* event) {
    if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) gst_event_copy_segment(event, &segment_);
  }
  /// The buffer to send instead: the same one unless its time must change.
  GstBuffer* follow(GstBuffer* buffer) {
    if (segment_.format != GST_FORMAT_TIME || !GST_BUFFER_PTS_IS_VALID(buffer)) return buffer;
    const GstClockTime time =
        gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    if (!GST_CLOCK_TIME_IS_VALID(time)) return buffer;
    if (time >= next_) {
      next_ = time + kRtpTick;
      return buffer;
    }
    GstBuffer* moved = gst_buffer_make_writable(buffer);
    GST_BUFFER_PTS(moved) += next_ - time;
    if (GST_BUFFER_DTS_IS_VALID(moved)) GST_BUFFER_DTS(moved) += next_ - time;
    next_ += kRtpTick;
    return moved;
  }

 private:
  GstSegment segment_;
  GstClockTime next_ = 0; ///< The earliest running time of the next buffer.
};

} // namespace

void keep_time_rising(GstPad* pad) {
  const auto seen = +[](GstPad*, GstPadProbeInfo* info, gpointer state) {
    auto* const rising = static_cast<RisingTime*>(state);
    if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0)
      info->data = rising->follow(GST_PAD_PROBE_INFO_BUFFER(info));
    else
      rising->enter(GST_PAD_PROBE_INFO_EVENT(info));
    return GST_PAD_PROBE_OK;
  };
  gst_pad_add_probe(
      pad, GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM), seen,
      new RisingTime, +[](gpointer state) { delete static_cast<RisingTime*>(state); });
}

} // namespace fanlight::webrtc
