#include "webrtcfanout/sdp/offer_structure.h"

#include <algorithm>

#include "webrtcfanout/sdp/offer_text.h"
#include "webrtcfanout/sdp/sdp_text.h"

namespace fanlight::fanout {
namespace {

constexpr std::size_t kMaxToken = 256; ///< As in the offers of viewers, or longer.

std::string text_of(const GstStructure* structure, const char* field) {
  const gchar* const text = gst_structure_get_string(structure, field);
  return text == nullptr ? "" : text;
}

int number_of(const GstStructure* structure, const char* field, int otherwise) {
  int number = otherwise;
  gst_structure_get_int(structure, field, &number);
  return number;
}

bool flag_of(const GstStructure* structure, const char* field) {
  gboolean set = FALSE;
  gst_structure_get_boolean(structure, field, &set);
  return set;
}

/// Calls `visit` with each value of an array that is of `type`.
template <typename Visit>
void for_each(const GstStructure* structure, const char* field, GType type, Visit visit) {
  const GValue* const list = gst_structure_get_value(structure, field);
  if (list == nullptr || !GST_VALUE_HOLDS_ARRAY(list)) return;
  for (guint i = 0; i < gst_value_array_get_size(list); ++i)
    if (const GValue* const value = gst_value_array_get_value(list, i); G_VALUE_HOLDS(value, type))
      visit(value);
}

void read_feedback(const GstStructure* structure, Offer::Payload& payload) {
  for_each(structure, "feedback", G_TYPE_STRING, [&](const GValue* value) {
    const gchar* const text = g_value_get_string(value);
    const auto is = [text](const char* feedback) { return g_strcmp0(text, feedback) == 0; };
    payload.nack |= is("nack");
    payload.pli |= is("nack pli");
    payload.fir |= is("ccm fir");
    payload.remb |= is("goog-remb");
    payload.transport_cc |= is("transport-cc");
  });
}

/// Extensions that the element cannot send are left out, as in the offers of viewers.
void read_extensions(const GstStructure* structure, Offer::Media& media) {
  for_each(structure, "extensions", GST_TYPE_STRUCTURE, [&](const GValue* value) {
    const GstStructure* const extension = gst_value_get_structure(value);
    Offer::Extension read{.id = number_of(extension, "id", 0), .uri = text_of(extension, "uri")};
    if (read.id >= 1 && read.id <= 14 && sdp::is_token(read.uri, kMaxToken))
      add(media.extensions, std::move(read));
  });
}

bool is_payload_type(int type) { return type >= 0 && type <= 127; }

/// Fills in `media`; what is wrong with it, empty if it is right.
std::string read_media(const GstStructure* structure, Offer::Media& media) {
  media.type = gst_structure_get_name(structure);
  if (media.type != "video" && media.type != "audio") return "it is neither video nor audio";
  media.mid = text_of(structure, "mid");
  if (!sdp::is_token(media.mid, kMaxToken)) return "its mid is not a token";
  media.protocol = "UDP/TLS/RTP/SAVPF";
  media.receives = true;
  media.rtcp_rsize = flag_of(structure, "rtcp-rsize");
  media.receiver_rtt = flag_of(structure, "receiver-rtt");
  Offer::Payload payload{.type = number_of(structure, "payload-type", -1),
                         .encoding = sdp::upper(text_of(structure, "encoding")),
                         .clock_rate = number_of(structure, "clock-rate", 0),
                         .channels = number_of(structure, "channels", 1),
                         .fmtp = text_of(structure, "fmtp")};
  if (!is_payload_type(payload.type)) return "its payload-type is not 0 to 127";
  if (!sdp::is_token(payload.encoding, kMaxToken)) return "its encoding is not a token";
  if (payload.clock_rate <= 0 || payload.channels <= 0)
    return "its clock-rate or channels are not positive";
  if (!sdp::is_plain(payload.fmtp)) return "its fmtp has characters that are not visible ASCII";
  if (const int rtx = number_of(structure, "rtx-payload-type", -1); is_payload_type(rtx))
    payload.rtx = rtx;
  media.formats = {std::to_string(payload.type)};
  if (payload.rtx) media.formats.push_back(std::to_string(*payload.rtx));
  read_feedback(structure, payload);
  read_extensions(structure, media);
  media.payloads.push_back(std::move(payload));
  return {};
}

/// The ICE and DTLS of all media; what is wrong with them.
std::string read_transport(const GstStructure* structure, Offer::Media& transport) {
  transport.ice_ufrag = text_of(structure, "ice-ufrag");
  transport.ice_pwd = text_of(structure, "ice-pwd");
  transport.fingerprint = fingerprint_of(text_of(structure, "fingerprint"));
  transport.setup = text_of(structure, "setup");
  if (!is_ice_ufrag(transport.ice_ufrag)) return "ice-ufrag is not 4 to 256 ICE characters";
  if (!is_ice_pwd(transport.ice_pwd)) return "ice-pwd is not 22 to 256 ICE characters";
  if (transport.fingerprint.empty()) return "fingerprint is not that of a certificate";
  if (transport.setup != "actpass" && transport.setup != "active")
    return "setup is not actpass or active: webrtcfanout is the DTLS server";
  return {};
}

} // namespace

std::optional<Offer> offer_of(const GstStructure* structure, std::string& why) {
  Offer offer;
  Offer::Media transport;
  why = structure == nullptr ? "there is no offer" : read_transport(structure, transport);
  if (!why.empty()) return std::nullopt;
  const bool bundled = flag_of(structure, "bundle");
  for_each(structure, "media", GST_TYPE_STRUCTURE, [&](const GValue* value) {
    Offer::Media media = transport;
    const std::string wrong = read_media(gst_value_get_structure(value), media);
    const bool known = std::any_of(offer.media.begin(), offer.media.end(),
                                   [&](const auto& other) { return other.mid == media.mid; });
    const std::string name = "media " + std::to_string(offer.media.size()) + ": ";
    if (why.empty() && !wrong.empty()) why = name + wrong;
    if (why.empty() && known) why = name + "another media has the same mid";
    if (bundled) offer.bundle.push_back(media.mid);
    offer.media.push_back(std::move(media));
  });
  if (why.empty() && offer.media.empty()) why = "it has no media";
  if (why.empty() && offer.media.size() > Offer::kMaxMedia) why = "it has too many media";
  if (why.empty() && offer.media.size() > 1 && !bundled)
    why = "its media are not bundled, but webrtcfanout uses one transport for all";
  if (!why.empty()) return std::nullopt;
  return offer;
}

} // namespace fanlight::fanout
