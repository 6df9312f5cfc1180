/**
 * SECTION:element-rtph26xdepay
 *
 * Assembles RTP packets of H.264 (RFC 6184) and H.265 (RFC 7798) into access units for viewers in
 * browsers, in place of rtph264depay and h264parse, or of rtph265depay and h265parse. It looks at
 * each NAL unit header once and copies each byte once.
 *
 * - A picture ends where the next one begins: at another RTP timestamp, at a slice that is the
 *   first of its picture, or at a delimiter. Some cameras set the marker bit on
 *   every slice or NAL unit, others never; the element uses the marker only after it has proved to
 *   be right, to save the delay of one frame.
 * - Only IDR pictures of H.264 and IRAP pictures of H.265 are key frames (without DELTA_UNIT):
 *   browsers cannot start with recovery points and other I pictures. They are counted as
 *   `start-points`.
 * - The output starts with the first key frame whose parameter sets are known, from the caps
 *   (sprop-...) or from the stream. Every key frame begins with all parameter sets. Access unit
 *   delimiters and filler are dropped.
 * - While pictures arrive before the first key frame, and after a loss until the next one, the
 *   element asks the camera for a key frame every 2 s, with a GstForceKeyUnit event. rtpbin makes
 *   a PLI or FIR of it if the camera announces one of them (a=rtcp-fb).
 * - Packets that cannot be read are skipped. A warning message tells their number, at most once a
 *   minute.
 *
 * If the caps of the input change only in their details, the stream goes on. It starts over after a
 * flush, and with another codec.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency ! rtph264pay ! rtph26xdepay !
 *   avdec_h264 ! autovideosink
 * ]|
 */
#include "rtph26xdepay.h"

#include <mutex>
#include <string>
#include <vector>

#include <gst/video/video.h>

#include "rtp/depacketizer.h"

GST_DEBUG_CATEGORY_STATIC(gst_rtp_h26x_depay_debug);
#define GST_CAT_DEFAULT gst_rtp_h26x_depay_debug

using fanlight::Depacketizer;
using fanlight::EventRef;

namespace {

struct ElementState {
  std::mutex lock; ///< Protects depacketizer. Not held during a push.
  Depacketizer depacketizer;
  /// Events that belong behind the caps, which only the first key frame brings. Only for the
  /// streaming thread.
  std::vector<EventRef> early;
  bool has_caps = false; ///< Only for the streaming thread.
};

} // namespace

struct _GstRtpH26xDepay {
  GstElement parent;
  GstPad* sink;
  GstPad* src;
  ElementState* state;
};

G_DEFINE_TYPE_WITH_CODE(GstRtpH26xDepay, gst_rtp_h26x_depay, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_rtp_h26x_depay_debug, "rtph26xdepay", 0,
                                                "RTP to access units of H.264 and H.265"))
GST_ELEMENT_REGISTER_DEFINE(rtph26xdepay, "rtph26xdepay", GST_RANK_NONE, GST_TYPE_RTP_H26X_DEPAY)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("application/x-rtp, media=(string)video, clock-rate=(int)90000, "
                    "encoding-name=(string){ H264, H265 }"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("video/x-h264, stream-format=(string)byte-stream, alignment=(string)au; "
                    "video/x-h265, stream-format=(string)byte-stream, alignment=(string)au"));

enum { PROP_0, PROP_STATS };

static void push_caps(GstRtpH26xDepay* self, GstCaps* caps) {
  gst_pad_push_event(self->src, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  self->state->has_caps = true;
  for (EventRef& event : self->state->early) gst_pad_push_event(self->src, event.release());
  self->state->early.clear();
}

/// Pushes what is complete.
static GstFlowReturn push_all(GstRtpH26xDepay* self) {
  GstFlowReturn result = GST_FLOW_OK;
  while (result == GST_FLOW_OK) {
    std::optional<Depacketizer::Output> output;
    {
      const std::lock_guard lock{self->state->lock};
      output = self->state->depacketizer.next();
    }
    if (!output) break;
    if (output->caps != nullptr) push_caps(self, output->caps);
    result = gst_pad_push(self->src, output->buffer.release());
  }
  return result;
}

static GstFlowReturn gst_rtp_h26x_depay_chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  GstRtpH26xDepay* self = GST_RTP_H26X_DEPAY(parent);
  const std::int64_t now = g_get_monotonic_time();
  bool wants_key_frame = false;
  std::string complaint;
  {
    const std::lock_guard lock{self->state->lock};
    self->state->depacketizer.take(buffer, now);
  }
  gst_buffer_unref(buffer);
  const GstFlowReturn result = push_all(self);
  {
    const std::lock_guard lock{self->state->lock};
    wants_key_frame = self->state->depacketizer.wants_key_frame(now);
    complaint = self->state->depacketizer.complaint(now);
  }
  if (!complaint.empty())
    GST_ELEMENT_WARNING(self, STREAM, FORMAT, ("%s", complaint.c_str()), (nullptr));
  if (wants_key_frame)
    gst_pad_push_event(self->sink,
                       gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
  return result;
}

static gboolean on_caps(GstRtpH26xDepay* self, GstEvent* event) {
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  bool taken = false;
  {
    const std::lock_guard lock{self->state->lock};
    taken = self->state->depacketizer.set_caps(caps);
  }
  gst_event_unref(event);
  return taken;
}

static gboolean gst_rtp_h26x_depay_sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  GstRtpH26xDepay* self = GST_RTP_H26X_DEPAY(parent);
  ElementState& state = *self->state;
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_CAPS: return on_caps(self, event);
  case GST_EVENT_FLUSH_STOP: {
    const std::lock_guard lock{state.lock};
    state.depacketizer.forget();
    break;
  }
  case GST_EVENT_EOS: {
    {
      const std::lock_guard lock{state.lock};
      state.depacketizer.end();
    }
    push_all(self);
    break;
  }
  case GST_EVENT_CUSTOM_DOWNSTREAM: gst_event_unref(event); return TRUE; // GstRTPPacketLost.
  case GST_EVENT_SEGMENT:
  case GST_EVENT_TAG:
    if (state.has_caps) break;
    state.early.push_back(EventRef::adopt(event));
    return TRUE;
  default: break;
  }
  return gst_pad_event_default(pad, parent, event);
}

static GstStateChangeReturn gst_rtp_h26x_depay_change_state(GstElement* element,
                                                            GstStateChange transition) {
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_rtp_h26x_depay_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    ElementState& state = *GST_RTP_H26X_DEPAY(element)->state;
    const std::lock_guard lock{state.lock};
    state.depacketizer.forget();
    state.early.clear();
    state.has_caps = false;
  }
  return result;
}

static void gst_rtp_h26x_depay_get_property(GObject* object, guint id, GValue* value,
                                            GParamSpec* pspec) {
  if (id != PROP_STATS) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    return;
  }
  ElementState& state = *GST_RTP_H26X_DEPAY(object)->state;
  const std::lock_guard lock{state.lock};
  g_value_take_boxed(value, Depacketizer::to_structure(state.depacketizer.stats(),
                                                       "application/x-rtph26xdepay-stats",
                                                       g_get_monotonic_time()));
}

static void gst_rtp_h26x_depay_finalize(GObject* object) {
  delete GST_RTP_H26X_DEPAY(object)->state;
  G_OBJECT_CLASS(gst_rtp_h26x_depay_parent_class)->finalize(object);
}

static void gst_rtp_h26x_depay_init(GstRtpH26xDepay* self) {
  self->state = new ElementState;
  self->sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(self->sink, gst_rtp_h26x_depay_chain);
  gst_pad_set_event_function(self->sink, gst_rtp_h26x_depay_sink_event);
  gst_element_add_pad(GST_ELEMENT(self), self->sink);
  self->src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_use_fixed_caps(self->src);
  gst_element_add_pad(GST_ELEMENT(self), self->src);
}

static void gst_rtp_h26x_depay_class_init(GstRtpH26xDepayClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  object_class->get_property = gst_rtp_h26x_depay_get_property;
  object_class->finalize = gst_rtp_h26x_depay_finalize;
  element_class->change_state = gst_rtp_h26x_depay_change_state;
  g_object_class_install_property(
      object_class, PROP_STATS,
      g_param_spec_boxed(
          "stats", "stats",
          "timestamp: the newest RTP timestamp; pictures, key-pictures, damaged-pictures; "
          "start-points: I pictures and recovery points with which browsers cannot start; "
          "malformed-packets; key-frame-requests; last-picture-age: ns; waiting: no key frame yet; "
          "markers: unproved, right or wrong",
          GST_TYPE_STRUCTURE, GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "RTP H.264 and H.265 depayloader", "Codec/Depayloader/Network/RTP",
      "Assembles RTP packets into access units, whatever a camera does with the marker bit",
      "The Fanlight project");
}
