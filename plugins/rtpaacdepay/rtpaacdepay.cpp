/**
 * SECTION:element-rtpaacdepay
 *
 * Takes RTP packets of AAC (MPEG4-GENERIC, RFC 3640; MP4A-LATM, RFC 6416) apart into raw frames for
 * a decoder, in place of rtpmp4gdepay or rtpmp4adepay and aacparse. It reads what cameras send, and
 * uses what they say of it only where the stream says nothing:
 *
 * - ADTS frames in place of access units, or in them.
 * - LATM with its configuration in the stream, with or without `cpresent=1`, and LOAS.
 * - A missing, invalid or wrong configuration: the first frames show mono or stereo, and the
 *   timestamps the sampling rate. Up to eight frames wait for that.
 * - Lengths of headers that are missing: those of AAC-hbr, or no headers at all.
 * - Several LATM elements in a packet, and bytes behind a frame that belong to none.
 *
 * Packets that cannot be read are dropped. A warning message tells their number, at most once a
 * minute; there are no errors. Interleaved access units are not put in order.
 *
 * ## Example
 * |[
 * gst-launch-1.0 audiotestsrc is-live=true ! audioconvert ! avenc_aac ! rtpmp4gpay ! rtpaacdepay !
 *   avdec_aac ! audioconvert ! autoaudiosink
 * ]|
 */
#include "rtpaacdepay.h"

#include <optional>
#include <utility>

#include <gst/rtp/gstrtpbuffer.h>

#include "description.h"

using fanlight::aac::AudioConfig;
using fanlight::aac::Frame;
using fanlight::aac::Unpacker;

namespace {

constexpr gint64 kComplainUs = 60 * G_USEC_PER_SEC;

/// Only for the streaming thread.
struct DepayState {
  std::optional<Unpacker> unpacker;
  std::shared_ptr<const AudioConfig> config; ///< Of the caps of the source pad.
  guint64 told = 0;                          ///< Packets of which a warning told.
  gint64 told_us = -1;
};

} // namespace

struct _GstRtpAacDepay {
  GstRTPBaseDepayload parent;
  DepayState* state;
};

G_DEFINE_TYPE(GstRtpAacDepay, gst_rtp_aac_depay, GST_TYPE_RTP_BASE_DEPAYLOAD)
GST_ELEMENT_REGISTER_DEFINE(rtpaacdepay, "rtpaacdepay", GST_RANK_NONE, GST_TYPE_RTP_AAC_DEPAY)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("application/x-rtp, media=(string)audio, clock-rate=(int)[1, MAX], "
                    "encoding-name=(string){ MPEG4-GENERIC, MP4A-LATM }"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/mpeg, mpegversion=(int)4, stream-format=(string)raw, "
                    "framed=(boolean)true"));

static gboolean gst_rtp_aac_depay_set_caps(GstRTPBaseDepayload* depay, GstCaps* caps) {
  DepayState& state = *GST_RTP_AAC_DEPAY(depay)->state;
  auto description = fanlight::description_of(caps);
  depay->clock_rate = static_cast<guint>(description.clock_rate);
  state.unpacker.emplace(std::move(description));
  state.told = 0;
  return TRUE; // Those of the source pad come with the first frame.
}

static void set_format(GstRTPBaseDepayload* depay, DepayState& state,
                       const std::shared_ptr<const AudioConfig>& config) {
  if (state.config && *state.config == *config) return;
  state.config = config;
  GstBuffer* const bytes = gst_buffer_new_memdup(config->bytes.data(), config->bytes.size());
  GstCaps* const caps =
      gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format",
                          G_TYPE_STRING, "raw", "framed", G_TYPE_BOOLEAN, TRUE, "rate", G_TYPE_INT,
                          config->rate, "codec_data", GST_TYPE_BUFFER, bytes, nullptr);
  if (config->channels > 0)
    gst_caps_set_simple(caps, "channels", G_TYPE_INT, config->channels == 7 ? 8 : config->channels,
                        nullptr);
  gst_buffer_unref(bytes);
  gst_pad_set_caps(GST_RTP_BASE_DEPAYLOAD_SRCPAD(depay), caps);
  gst_caps_unref(caps);
}

static void complain(GstRtpAacDepay* self) {
  DepayState& state = *self->state;
  const guint64 malformed = state.unpacker->malformed();
  const gint64 now = g_get_monotonic_time();
  if (malformed == state.told || (state.told_us >= 0 && now - state.told_us < kComplainUs)) return;
  GST_ELEMENT_WARNING(self, STREAM, FORMAT,
                      ("%" G_GUINT64_FORMAT " packets of AAC cannot be read", malformed),
                      (nullptr));
  state.told = malformed;
  state.told_us = now;
}

static GstBuffer* gst_rtp_aac_depay_process(GstRTPBaseDepayload* depay, GstRTPBuffer* packet) {
  GstRtpAacDepay* const self = GST_RTP_AAC_DEPAY(depay);
  DepayState& state = *self->state;
  if (!state.unpacker) return nullptr;
  if (GST_BUFFER_IS_DISCONT(packet->buffer)) state.unpacker->lose();
  const auto* const payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(packet));
  state.unpacker->take({payload, gst_rtp_buffer_get_payload_len(packet)},
                       gst_rtp_buffer_get_marker(packet) != FALSE,
                       gst_rtp_buffer_get_timestamp(packet), GST_BUFFER_PTS(packet->buffer));
  while (std::optional<Frame> frame = state.unpacker->next()) {
    set_format(depay, state, frame->config);
    GstBuffer* const buffer = gst_buffer_new_memdup(frame->bytes.data(), frame->bytes.size());
    const GstClockTime length =
        gst_util_uint64_scale_int(GST_SECOND, frame->config->samples, frame->config->rate);
    GST_BUFFER_DURATION(buffer) = length;
    if (GST_CLOCK_TIME_IS_VALID(frame->time))
      GST_BUFFER_PTS(buffer) = frame->time + frame->ahead * length;
    if (gst_rtp_base_depayload_push(depay, buffer) != GST_FLOW_OK) break;
  }
  complain(self);
  return nullptr;
}

static GstStateChangeReturn gst_rtp_aac_depay_change_state(GstElement* element,
                                                           GstStateChange transition) {
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_rtp_aac_depay_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    DepayState& state = *GST_RTP_AAC_DEPAY(element)->state;
    state.unpacker.reset();
    state.config.reset();
    state.told_us = -1;
  }
  return result;
}

static void gst_rtp_aac_depay_finalize(GObject* object) {
  delete GST_RTP_AAC_DEPAY(object)->state;
  G_OBJECT_CLASS(gst_rtp_aac_depay_parent_class)->finalize(object);
}

static void gst_rtp_aac_depay_init(GstRtpAacDepay* self) { self->state = new DepayState; }

static void gst_rtp_aac_depay_class_init(GstRtpAacDepayClass* klass) {
  GObjectClass* const object_class = G_OBJECT_CLASS(klass);
  GstElementClass* const element_class = GST_ELEMENT_CLASS(klass);
  GstRTPBaseDepayloadClass* const depay_class = GST_RTP_BASE_DEPAYLOAD_CLASS(klass);
  object_class->finalize = gst_rtp_aac_depay_finalize;
  element_class->change_state = gst_rtp_aac_depay_change_state;
  depay_class->set_caps = gst_rtp_aac_depay_set_caps;
  depay_class->process_rtp_packet = gst_rtp_aac_depay_process;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "RTP AAC depayloader", "Codec/Depayloader/Network/RTP",
      "Takes RTP packets of AAC apart into frames, whatever a camera says of them",
      "The Fanlight project");
}
