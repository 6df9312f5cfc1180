/**
 * SECTION:element-rtpadpcmdepay
 *
 * Takes G.726 out of RTP packets for avdec_g726, at all four bit rates and in both orders of bits:
 * that of RFC 3551 (G726-16 to G726-40), and that of AAL2 (AAL2-G726-16 to AAL2-G726-40). It stands
 * in place of rtpg726depay, which makes noise of G726-24 and G726-40
 * (findings/rtpg726-scrambles-24-and-40.sh).
 *
 * ## Example
 * |[
 * gst-launch-1.0 audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 !
 *   avenc_g726 bitrate=24000 ! rtpg726pay ! application/x-rtp,encoding-name=AAL2-G726-24 !
 *   rtpadpcmdepay ! avdec_g726 ! audioconvert ! autoaudiosink
 * ]|
 */
#include "rtpadpcmdepay.h"

#include <string_view>
#include <vector>

#include <gst/rtp/gstrtpbuffer.h>

#include "code_words.h"

namespace {

constexpr int kRate = 8000;

} // namespace

struct _GstRtpAdpcmDepay {
  GstRTPBaseDepayload parent;
  guint bits;            ///< Of a code word.
  gboolean lowest_first; ///< The order of RFC 3551.
};

G_DEFINE_TYPE(GstRtpAdpcmDepay, gst_rtp_adpcm_depay, GST_TYPE_RTP_BASE_DEPAYLOAD)
GST_ELEMENT_REGISTER_DEFINE(rtpadpcmdepay, "rtpadpcmdepay", GST_RANK_NONE, GST_TYPE_RTP_ADPCM_DEPAY)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("application/x-rtp, media=(string)audio, clock-rate=(int)8000, "
                    "encoding-name=(string){ G726-16, G726-24, G726-32, G726-40, "
                    "AAL2-G726-16, AAL2-G726-24, AAL2-G726-32, AAL2-G726-40 }"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-adpcm, layout=(string)g726, channels=(int)1, rate=(int)8000, "
                    "bitrate=(int){ 16000, 24000, 32000, 40000 }"));

static gboolean gst_rtp_adpcm_depay_set_caps(GstRTPBaseDepayload* depay, GstCaps* caps) {
  GstRtpAdpcmDepay* const self = GST_RTP_ADPCM_DEPAY(depay);
  const char* const text =
      gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name");
  const std::string_view name = text == nullptr ? "" : text;
  if (name.size() < 2) return FALSE;
  const int kilobits = (name[name.size() - 2] - '0') * 10 + name.back() - '0';
  self->bits = static_cast<guint>(kilobits) / 8;
  self->lowest_first = !name.starts_with("AAL2");
  depay->clock_rate = kRate;
  GstCaps* const out =
      gst_caps_new_simple("audio/x-adpcm", "layout", G_TYPE_STRING, "g726", "channels", G_TYPE_INT,
                          1, "rate", G_TYPE_INT, kRate, "bitrate", G_TYPE_INT, kilobits * 1000,
                          "block_align", G_TYPE_INT, static_cast<gint>(self->bits), nullptr);
  const gboolean taken = gst_pad_set_caps(GST_RTP_BASE_DEPAYLOAD_SRCPAD(depay), out);
  gst_caps_unref(out);
  return taken;
}

static GstBuffer* gst_rtp_adpcm_depay_process(GstRTPBaseDepayload* depay, GstRTPBuffer* packet) {
  const GstRtpAdpcmDepay* const self = GST_RTP_ADPCM_DEPAY(depay);
  if (!self->lowest_first || self->bits == 0) return gst_rtp_buffer_get_payload_buffer(packet);
  const auto* const payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(packet));
  const std::vector<std::uint8_t> bytes =
      fanlight::in_decoding_order({payload, gst_rtp_buffer_get_payload_len(packet)}, self->bits);
  return bytes.empty() ? nullptr : gst_buffer_new_memdup(bytes.data(), bytes.size());
}

static void gst_rtp_adpcm_depay_init(GstRtpAdpcmDepay* self) {
  self->bits = 0;
  self->lowest_first = FALSE;
}

static void gst_rtp_adpcm_depay_class_init(GstRtpAdpcmDepayClass* klass) {
  GstElementClass* const element_class = GST_ELEMENT_CLASS(klass);
  GstRTPBaseDepayloadClass* const depay_class = GST_RTP_BASE_DEPAYLOAD_CLASS(klass);
  depay_class->set_caps = gst_rtp_adpcm_depay_set_caps;
  depay_class->process_rtp_packet = gst_rtp_adpcm_depay_process;
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "RTP G.726 depayloader", "Codec/Depayloader/Network/RTP",
      "Takes G.726 out of RTP packets, in both orders of bits", "The Fanlight project");
}
