/**
 * SECTION:element-rtpstamper
 *
 * Converts the timestamps of RTP packets to those of buffers, in place of an rtpjitterbuffer if
 * packets arrive in order: over TCP. It has no thread and no queue: each packet is pushed on the
 * thread that delivers it, so the element costs a small part of what a jitter buffer does.
 *
 * The camera's RTP clock gives the distance of packets, their arrival gives the absolute time. The
 * least delay of the last seconds counts, so a packet that was delayed keeps its time, and a clock
 * that runs fast or slow is followed. After a clock was set, time starts over at the moment of
 * arrival. A packet with a time (as from udpsrc and rtspsrc) arrived then, any other arrives now.
 *
 * Some cameras send packets in the wrong order although the connection keeps the order. The element
 * sorts these, over up to 4 packets. After that it does not wait for a missing packet and marks the
 * next one DISCONT; it drops duplicates. If the numbers start over, it follows them.
 *
 * In an rtpbin (its signal `request-jitterbuffer`), it takes part in lip sync as a jitter buffer
 * does: for each sender report it emits `handle-sync`, and rtpbin answers by `ts-offset`. It does
 * not support retransmission or the clocks of RFC 7273.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency ! rtph264pay ! rtpstamper !
 *   rtph264depay ! avdec_h264 ! autovideosink
 * ]|
 */
#include "rtpstamper.h"

#include <mutex>
#include <string>

#include "stamper.h"

GST_DEBUG_CATEGORY_STATIC(gst_rtp_stamper_debug);
#define GST_CAT_DEFAULT gst_rtp_stamper_debug

using fanlight::BufferRef;
using fanlight::Stamper;

namespace {

constexpr gsize kHeaderSize = 12; // Without contributing sources.

struct ElementState {
  explicit ElementState(GstElement* element)
      : stamper([element] { return gst_element_get_current_running_time(element); }) {}
  std::mutex lock; ///< Protects all below.
  Stamper stamper;
  guint latency = 0;
};

} // namespace

struct _GstRtpStamper {
  GstElement parent;
  GstPad* sink;
  GstPad* src;
  ElementState* state;
};

G_DEFINE_TYPE_WITH_CODE(GstRtpStamper, gst_rtp_stamper, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_rtp_stamper_debug, "rtpstamper", 0,
                                                "Times of RTP packets that arrive in order"))
GST_ELEMENT_REGISTER_DEFINE(rtpstamper, "rtpstamper", GST_RANK_NONE, GST_TYPE_RTP_STAMPER)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("application/x-rtp"));
static GstStaticPadTemplate sink_rtcp_template = GST_STATIC_PAD_TEMPLATE(
    "sink_rtcp", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS("application/x-rtcp"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("application/x-rtp"));

enum { PROP_0, PROP_LATENCY, PROP_TS_OFFSET, PROP_STATS };
enum { SIGNAL_REQUEST_PT_MAP, SIGNAL_CLEAR_PT_MAP, SIGNAL_HANDLE_SYNC, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

/// Reads the clock rate of `payload_type`, or that of the caps if it is -1; false: the caps have
/// none.
static bool learn(GstRtpStamper* self, const GstCaps* caps, gint payload_type) {
  const GstStructure* fields = gst_caps_get_structure(caps, 0);
  gint theirs = payload_type;
  gint rate = 0;
  guint base = 0;
  gst_structure_get_int(fields, "payload", &theirs);
  if (!gst_structure_get_int(fields, "clock-rate", &rate) || rate <= 0 || theirs < 0) return false;
  if (payload_type >= 0 && payload_type != theirs) return false;
  const bool known = gst_structure_get_uint(fields, "clock-base", &base);
  const std::lock_guard lock{self->state->lock};
  self->state->stamper.set_rate(static_cast<guint8>(theirs), static_cast<guint>(rate));
  self->state->stamper.set_clock_base(known ? gint64{base} : -1);
  return true;
}

static bool knows(GstRtpStamper* self, guint8 payload_type) {
  {
    const std::lock_guard lock{self->state->lock};
    if (self->state->stamper.knows(payload_type)) return true;
  }
  GstCaps* caps = gst_pad_get_current_caps(self->sink);
  bool learnt = caps != nullptr && learn(self, caps, payload_type);
  gst_clear_caps(&caps);
  if (learnt) return true;
  g_signal_emit(self, signals[SIGNAL_REQUEST_PT_MAP], 0, guint{payload_type}, &caps);
  learnt = caps != nullptr && learn(self, caps, payload_type);
  gst_clear_caps(&caps);
  return learnt;
}

static void emit_sync(GstRtpStamper* self) {
  GstStructure* sync = nullptr;
  {
    const std::lock_guard lock{self->state->lock};
    sync = self->state->stamper.sync();
  }
  if (sync == nullptr) return;
  g_signal_emit(self, signals[SIGNAL_HANDLE_SYNC], 0, sync);
  gst_structure_free(sync);
}

static GstFlowReturn gst_rtp_stamper_chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  GstRtpStamper* self = GST_RTP_STAMPER(parent);
  BufferRef packet = BufferRef::adopt(buffer);
  guint8 payload_type = 0;
  if (gst_buffer_get_size(buffer) < kHeaderSize) return GST_FLOW_OK;
  gst_buffer_extract(buffer, 1, &payload_type, 1);
  payload_type &= 0x7f;
  if (!knows(self, payload_type)) {
    GST_WARNING_OBJECT(self, "The caps have no clock rate for payload type %u",
                       guint{payload_type});
    return GST_FLOW_OK;
  }
  GstFlowReturn result = GST_FLOW_OK;
  while (result == GST_FLOW_OK) {
    {
      const std::lock_guard lock{self->state->lock};
      if (packet) self->state->stamper.take(std::exchange(packet, {}));
      packet = self->state->stamper.next();
    }
    if (!packet) break;
    result = gst_pad_push(self->src, packet.release());
  }
  emit_sync(self);
  return result;
}

static GstFlowReturn gst_rtp_stamper_chain_rtcp(GstPad*, GstObject* parent, GstBuffer* buffer) {
  GstRtpStamper* self = GST_RTP_STAMPER(parent);
  {
    const std::lock_guard lock{self->state->lock};
    self->state->stamper.take_report(BufferRef::adopt(buffer));
  }
  emit_sync(self);
  return GST_FLOW_OK;
}

static gboolean gst_rtp_stamper_sink_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  GstRtpStamper* self = GST_RTP_STAMPER(parent);
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_CAPS: {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    learn(self, caps, -1);
    break;
  }
  case GST_EVENT_SEGMENT: {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event, &segment);
    const std::lock_guard lock{self->state->lock};
    if (segment->format == GST_FORMAT_TIME) self->state->stamper.set_segment(*segment);
    break;
  }
  case GST_EVENT_FLUSH_STOP: {
    const std::lock_guard lock{self->state->lock};
    self->state->stamper.forget();
    break;
  }
  default: break;
  }
  return gst_pad_event_default(pad, parent, event);
}

static gboolean gst_rtp_stamper_rtcp_event(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event); // These events concern the reports, not the packets.
  return TRUE;
}

/// Queries from behind the packets' pad concern only the pad by which the packets arrive.
static GstIterator* gst_rtp_stamper_src_links(GstPad*, GstObject* parent) {
  GValue sink = G_VALUE_INIT;
  g_value_init(&sink, GST_TYPE_PAD);
  g_value_set_object(&sink, GST_RTP_STAMPER(parent)->sink);
  GstIterator* single = gst_iterator_new_single(GST_TYPE_PAD, &sink);
  g_value_unset(&sink);
  return single;
}

static GstPad* gst_rtp_stamper_request_new_pad(GstElement* element, GstPadTemplate* pad_template,
                                               const gchar*, const GstCaps*) {
  GstPad* pad = gst_pad_new_from_template(pad_template, "sink_rtcp");
  gst_pad_set_chain_function(pad, gst_rtp_stamper_chain_rtcp);
  gst_pad_set_event_function(pad, gst_rtp_stamper_rtcp_event);
  gst_pad_set_active(pad, TRUE);
  return gst_element_add_pad(element, pad) ? pad : nullptr;
}

static void gst_rtp_stamper_release_pad(GstElement* element, GstPad* pad) {
  gst_pad_set_active(pad, FALSE);
  gst_element_remove_pad(element, pad);
}

static GstStateChangeReturn gst_rtp_stamper_change_state(GstElement* element,
                                                         GstStateChange transition) {
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_rtp_stamper_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    ElementState& state = *GST_RTP_STAMPER(element)->state;
    const std::lock_guard lock{state.lock};
    state.stamper.forget();
    state.stamper.forget_payload_type();
  }
  return result;
}

static void gst_rtp_stamper_clear_pt_map(GstRtpStamper* self) {
  const std::lock_guard lock{self->state->lock};
  self->state->stamper.forget_payload_type();
}

static GstStructure* stats_of(GstRtpStamper* self) {
  const std::lock_guard lock{self->state->lock};
  const Stamper::Stats stats = self->state->stamper.stats();
  // clang-format off
  return gst_structure_new("application/x-rtpstamper-stats",
      "num-pushed", G_TYPE_UINT64, stats.pushed,
      "num-lost", G_TYPE_UINT64, stats.lost,
      "num-duplicates", G_TYPE_UINT64, stats.repeated,
      "avg-jitter", G_TYPE_UINT64, stats.jitter,
      nullptr);
  // clang-format on
}

static void gst_rtp_stamper_set_property(GObject* object, guint id, const GValue* value,
                                         GParamSpec* pspec) {
  ElementState& state = *GST_RTP_STAMPER(object)->state;
  const std::lock_guard lock{state.lock};
  switch (id) {
  case PROP_LATENCY: state.latency = g_value_get_uint(value); break;
  case PROP_TS_OFFSET: state.stamper.set_offset(g_value_get_int64(value)); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtp_stamper_get_property(GObject* object, guint id, GValue* value,
                                         GParamSpec* pspec) {
  GstRtpStamper* self = GST_RTP_STAMPER(object);
  if (id == PROP_STATS) return g_value_take_boxed(value, stats_of(self));
  const std::lock_guard lock{self->state->lock};
  switch (id) {
  case PROP_LATENCY: g_value_set_uint(value, self->state->latency); break;
  case PROP_TS_OFFSET: g_value_set_int64(value, self->state->stamper.offset()); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtp_stamper_finalize(GObject* object) {
  delete GST_RTP_STAMPER(object)->state;
  G_OBJECT_CLASS(gst_rtp_stamper_parent_class)->finalize(object);
}

static void gst_rtp_stamper_init(GstRtpStamper* self) {
  self->state = new ElementState{GST_ELEMENT(self)};
  self->sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(self->sink, gst_rtp_stamper_chain);
  gst_pad_set_event_function(self->sink, gst_rtp_stamper_sink_event);
  GST_PAD_SET_PROXY_CAPS(self->sink);
  gst_element_add_pad(GST_ELEMENT(self), self->sink);
  self->src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_set_iterate_internal_links_function(self->src, gst_rtp_stamper_src_links);
  GST_PAD_SET_PROXY_CAPS(self->src);
  gst_element_add_pad(GST_ELEMENT(self), self->src);
}

static void install_properties(GObjectClass* object_class) {
  g_object_class_install_property(
      object_class, PROP_LATENCY,
      g_param_spec_uint("latency", "latency",
                        "No effect (ms): packets do not wait. For rtpbin, which sets it", 0,
                        G_MAXUINT, 0, GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)));
  g_object_class_install_property(
      object_class, PROP_TS_OFFSET,
      g_param_spec_int64("ts-offset", "ts-offset",
                         "Added to the time of each packet, beginning with the next frame (ns)",
                         G_MININT64, G_MAXINT64, 0,
                         GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)));
  g_object_class_install_property(
      object_class, PROP_STATS,
      g_param_spec_boxed(
          "stats", "stats", "num-pushed, num-lost, num-duplicates: packets; avg-jitter: ns",
          GST_TYPE_STRUCTURE, GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

static void install_signals(GstRtpStamperClass* klass) {
  const GType type = G_TYPE_FROM_CLASS(klass);
  signals[SIGNAL_REQUEST_PT_MAP] =
      g_signal_new("request-pt-map", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   GST_TYPE_CAPS, 1, G_TYPE_UINT);
  signals[SIGNAL_CLEAR_PT_MAP] = g_signal_new_class_handler(
      "clear-pt-map", type, GSignalFlags(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
      G_CALLBACK(gst_rtp_stamper_clear_pt_map), nullptr, nullptr, nullptr, G_TYPE_NONE, 0);
  signals[SIGNAL_HANDLE_SYNC] =
      g_signal_new("handle-sync", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   G_TYPE_NONE, 1, GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void gst_rtp_stamper_class_init(GstRtpStamperClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = gst_rtp_stamper_set_property;
  object_class->get_property = gst_rtp_stamper_get_property;
  object_class->finalize = gst_rtp_stamper_finalize;
  element_class->request_new_pad = gst_rtp_stamper_request_new_pad;
  element_class->release_pad = gst_rtp_stamper_release_pad;
  element_class->change_state = gst_rtp_stamper_change_state;
  install_properties(object_class);
  install_signals(klass);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &sink_rtcp_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "RTP stamper", "Filter/Network/RTP",
      "Gives RTP packets that arrive in order, as over TCP, their times, without thread or queue",
      "The Fanlight project");
}
