#include "webrtc/payloader.h"

#include <gst/rtp/rtp.h>

#include "gst/elements.h"

namespace fanlight::webrtc {
namespace {

constexpr const char* kPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
constexpr const char* kAbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
constexpr const char* kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
/// Leaves room for DTLS-SRTP, TURN and tunnels below an MTU of 1280 (RFC 8200, section 5).
constexpr guint kMtu = 1200;
/// webrtcfanout writes the header extensions into each viewer's packet (4 bytes, and at most 20 of
/// mid, playout-delay and abs-send-time) and the number of a packet sent again (2 bytes).
constexpr guint kSharedMtu = kMtu - 26;

/// Sound that is converted is not among them: no browser takes it.
const char* payloader_of(Codec codec) {
  switch (codec) {
  case Codec::h264: return "rtph264pay";
  case Codec::h265: return "rtph265pay";
  case Codec::opus: return "rtpopuspay";
  case Codec::pcmu: return "rtppcmupay";
  case Codec::pcma: return "rtppcmapay";
  case Codec::aac:
  case Codec::g726:
  case Codec::l16: break;
  }
  return "";
}

Result<Ref<GstElement>> make_bare_payloader(Codec codec, guint mtu) {
  auto payloader = make_element(payloader_of(codec));
  if (!payloader) return payloader.error();
  g_object_set(payloader->get(), "mtu", mtu, nullptr);
  // Single NAL units and fragments only: nothing waits for company.
  if (kind_of(codec) == MediaKind::video)
    gst_util_set_object_arg(G_OBJECT(payloader->get()), "aggregate-mode", "zero-latency");
  return payloader;
}

/// The payloaders' templates begin at payload type 96, but browsers that have run out of those
/// offer 35 to 63 as well (RFC 5761, section 4; Chrome does so for H.265 and some H.264 profiles).
void allow_any_payload_type(GstElement* payloader) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("application/x-rtp"));
  const auto pad_template = Ref<GstPadTemplate>::retain(
      gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps.get()));
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader, "src"));
  g_object_set(source.get(), "template", pad_template.get(), nullptr);
}

} // namespace

const std::vector<std::string>& sent_extensions() {
  static const std::vector<std::string> extensions{kPlayoutDelay};
  return extensions;
}

const std::vector<std::string>& fanout_extensions() {
  static const std::vector<std::string> extensions{kMid, kPlayoutDelay, kAbsSendTime};
  return extensions;
}

Result<Ref<GstElement>> make_shared_payloader(Codec codec) {
  return make_bare_payloader(codec, kSharedMtu);
}

Ref<GstCaps> rtp_caps(const sdp::Offer::Media& media, const sdp::Choice& choice, guint32 ssrc) {
  const RtpFormat& format = choice.sent;
  auto caps = Ref<GstCaps>::adopt(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, media.type.c_str(), "encoding-name",
      G_TYPE_STRING, format.encoding.c_str(), "clock-rate", G_TYPE_INT, format.clock_rate,
      "payload", G_TYPE_INT, choice.payload_type, "ssrc", G_TYPE_UINT, ssrc, nullptr));
  if (format.channels > 1)
    gst_caps_set_simple(caps.get(), "encoding-params", G_TYPE_STRING,
                        std::to_string(format.channels).c_str(), nullptr);
  return caps;
}

Result<Ref<GstElement>> make_payloader(const sdp::Offer::Media& media, const sdp::Choice& choice,
                                       guint32 ssrc) {
  const auto codec = codec_of(choice.sent.encoding);
  if (!codec) return Error{Errc::internal, "there is no payloader for " + choice.sent.encoding};
  auto payloader = make_bare_payloader(*codec, kMtu);
  if (!payloader) return payloader.error();
  GstElement* element = payloader->get();
  g_object_set(element, "pt", static_cast<guint>(choice.payload_type), "ssrc", ssrc, nullptr);
  allow_any_payload_type(element);
  for (const std::string& uri : sent_extensions()) {
    const sdp::Offer::HeaderExtension* offered = media.find_extension(uri);
    if (offered == nullptr) continue;
    auto* extension = gst_rtp_header_extension_create_from_uri(uri.c_str());
    if (extension == nullptr)
      return Error{Errc::internal, "no element writes the RTP header extension " + uri};
    gst_rtp_header_extension_set_id(extension, static_cast<guint>(offered->id));
    const auto owned = Ref<GstRTPHeaderExtension>::adopt(extension);
    g_signal_emit_by_name(element, "add-extension", extension);
  }
  return payloader;
}

} // namespace fanlight::webrtc
