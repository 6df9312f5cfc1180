/**
 * SECTION:element-rtpssrcgate
 *
 * Passes the packets of one RTP source (SSRC) and drops those of others. Some cameras begin each
 * session with a packet or two that were left over from the last one; an rtpbin would make them a
 * stream of their own.
 *
 * The first source of which three packets have come is the chosen one; until then packets wait. A
 * source replaces the chosen one if three packets of at least two frames come of it, and none of
 * the chosen one in between. Nothing waits for a time, so a camera that sends one packet per second
 * starts two seconds later.
 *
 * In an rtpbin, it is the element for the signal `request-rtp-decoder`, therefore the names of its
 * pads.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency ! rtph264pay !
 *   gate.rtp_sink rtpssrcgate name=gate gate.rtp_src ! rtph264depay ! avdec_h264 ! autovideosink
 * ]|
 */
#include "rtpssrcgate.h"

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "mini_ref.h"
#include "rtp/ssrc_choice.h"

using fanlight::BufferRef;
using SsrcChoice = fanlight::SsrcChoice<BufferRef>;

namespace {

constexpr gsize kHeaderSize = 12; // RFC 3550, section 5.1; without contributing sources.

/// A big-endian number.
guint32 number(const guint8* bytes) { return GST_READ_UINT32_BE(bytes); }

struct GateState {
  std::mutex lock; ///< Protects all below.
  SsrcChoice choice;
  /// Of the first packet, which rtspsrc marks with the time of its arrival; it may be dropped.
  GstClockTime begin = GST_CLOCK_TIME_NONE;
  bool begins = true;
};

} // namespace

struct _GstRtpSsrcGate {
  GstElement parent;
  GstPad* sink;
  GstPad* src;
  GateState* state;
};

G_DEFINE_TYPE(GstRtpSsrcGate, gst_rtp_ssrc_gate, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE(rtpssrcgate, "rtpssrcgate", GST_RANK_NONE, GST_TYPE_RTP_SSRC_GATE)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "rtp_sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("application/x-rtp"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "rtp_src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("application/x-rtp"));

enum { PROP_0, PROP_DROPPED };

/// Moves the time of the first packet to the first one that goes on.
static void begin_with(GateState& state, std::vector<BufferRef>& packets) {
  if (packets.empty() || !std::exchange(state.begins, false)) return;
  GstBuffer* first = gst_buffer_make_writable(packets.front().release());
  if (!GST_BUFFER_PTS_IS_VALID(first)) GST_BUFFER_PTS(first) = state.begin;
  GST_BUFFER_FLAG_SET(first, GST_BUFFER_FLAG_DISCONT);
  packets.front() = BufferRef::adopt(first);
}

static GstFlowReturn gst_rtp_ssrc_gate_chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  GstRtpSsrcGate* self = GST_RTP_SSRC_GATE(parent);
  BufferRef packet = BufferRef::adopt(buffer);
  std::array<guint8, kHeaderSize> header{};
  // What is too short for RTP is for the session to judge.
  if (gst_buffer_extract(buffer, 0, header.data(), header.size()) < header.size())
    return gst_pad_push(self->src, packet.release());
  const guint32 source = number(header.data() + 8);
  std::vector<BufferRef> packets;
  {
    const std::lock_guard lock{self->state->lock};
    GateState& state = *self->state;
    if (state.begins && !GST_CLOCK_TIME_IS_VALID(state.begin)) state.begin = GST_BUFFER_PTS(buffer);
    if (!state.choice.passes(source)) {
      packets = state.choice.take({.source = source,
                                   .timestamp = number(header.data() + 4),
                                   .buffer = std::exchange(packet, {})});
      begin_with(state, packets);
    }
  }
  if (packet) return gst_pad_push(self->src, packet.release());
  GstFlowReturn result = GST_FLOW_OK;
  for (BufferRef& held : packets)
    if (result == GST_FLOW_OK) result = gst_pad_push(self->src, held.release());
  return result;
}

static GstStateChangeReturn gst_rtp_ssrc_gate_change_state(GstElement* element,
                                                           GstStateChange transition) {
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_rtp_ssrc_gate_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    GateState& state = *GST_RTP_SSRC_GATE(element)->state;
    const std::lock_guard lock{state.lock};
    state.choice.forget();
    state.begin = GST_CLOCK_TIME_NONE;
    state.begins = true;
  }
  return result;
}

static void gst_rtp_ssrc_gate_get_property(GObject* object, guint id, GValue* value,
                                           GParamSpec* pspec) {
  GateState& state = *GST_RTP_SSRC_GATE(object)->state;
  const std::lock_guard lock{state.lock};
  switch (id) {
  case PROP_DROPPED: g_value_set_uint64(value, state.choice.dropped()); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtp_ssrc_gate_finalize(GObject* object) {
  delete GST_RTP_SSRC_GATE(object)->state;
  G_OBJECT_CLASS(gst_rtp_ssrc_gate_parent_class)->finalize(object);
}

static void gst_rtp_ssrc_gate_init(GstRtpSsrcGate* self) {
  self->state = new GateState;
  self->sink = gst_pad_new_from_static_template(&sink_template, "rtp_sink");
  gst_pad_set_chain_function(self->sink, gst_rtp_ssrc_gate_chain);
  GST_PAD_SET_PROXY_CAPS(self->sink);
  GST_PAD_SET_PROXY_ALLOCATION(self->sink);
  gst_element_add_pad(GST_ELEMENT(self), self->sink);
  self->src = gst_pad_new_from_static_template(&src_template, "rtp_src");
  GST_PAD_SET_PROXY_CAPS(self->src);
  gst_element_add_pad(GST_ELEMENT(self), self->src);
}

static void gst_rtp_ssrc_gate_class_init(GstRtpSsrcGateClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  object_class->get_property = gst_rtp_ssrc_gate_get_property;
  object_class->finalize = gst_rtp_ssrc_gate_finalize;
  element_class->change_state = gst_rtp_ssrc_gate_change_state;
  g_object_class_install_property(
      object_class, PROP_DROPPED,
      g_param_spec_uint64("dropped", "dropped", "Packets of other sources that were dropped", 0,
                          G_MAXUINT64, 0, GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "RTP SSRC gate", "Filter/Network/RTP",
                                        "Passes the packets of the RTP source that goes on",
                                        "Fanlight");
}
