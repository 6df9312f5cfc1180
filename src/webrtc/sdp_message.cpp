#include "webrtc/sdp_message.h"

#include <string>

#include "sdp/answer.h"

namespace fanlight::webrtc {
namespace {

void add(GstSDPMedia* media, const char* key, const std::string& value) {
  gst_sdp_media_add_attribute(media, key, value.c_str());
}

void add(GstSDPMedia* media, const char* key) { gst_sdp_media_add_attribute(media, key, ""); }

void add_payload(GstSDPMedia* media, const sdp::Offer::Payload& payload) {
  const std::string type = std::to_string(payload.type) + " ";
  add(media, "rtpmap", type + sdp::mapping_of(payload.format));
  for (const auto& feedback : payload.feedback) add(media, "rtcp-fb", type + feedback);
  for (const auto& [key, value] : payload.format.fmtp) add(media, "fmtp", type + key + "=" + value);
}

void fill(GstSDPMedia* media, const sdp::Offer::Media& offered) {
  gst_sdp_media_set_media(media, offered.type.c_str());
  gst_sdp_media_set_port_info(media, static_cast<guint>(offered.port), 0);
  gst_sdp_media_set_proto(media, offered.protocol.c_str());
  for (const auto& format : offered.formats) gst_sdp_media_add_format(media, format.c_str());
  gst_sdp_media_add_connection(media, "IN", "IP4", "0.0.0.0", 0, 0);
  add(media, "mid", offered.mid);
  add(media, "ice-ufrag", offered.transport.ice_ufrag);
  add(media, "ice-pwd", offered.transport.ice_pwd);
  add(media, "fingerprint", offered.transport.fingerprint);
  add(media, "setup", offered.transport.setup);
  for (const auto& extension : offered.extensions)
    add(media, "extmap", std::to_string(extension.id) + " " + extension.uri);
  add(media, to_string(offered.direction));
  if (offered.rtcp_mux) add(media, "rtcp-mux");
  if (offered.rtcp_rsize) add(media, "rtcp-rsize");
  if (offered.receiver_rtt) add(media, "rtcp-xr", "rcvr-rtt=all");
  for (const auto& payload : offered.payloads) add_payload(media, payload);
  for (const auto& candidate : offered.candidates)
    add(media, "candidate", candidate.substr(candidate.find(':') + 1));
}

} // namespace

SdpMessagePtr message_of(const sdp::Offer& reduced) {
  GstSDPMessage* raw = nullptr;
  gst_sdp_message_new(&raw);
  SdpMessagePtr message{raw};
  gst_sdp_message_set_version(raw, "0");
  gst_sdp_message_set_origin(raw, "-", reduced.session_id.c_str(), reduced.session_version.c_str(),
                             "IN", "IP4", "127.0.0.1");
  gst_sdp_message_set_session_name(raw, "-");
  gst_sdp_message_add_time(raw, "0", "0", nullptr);
  if (!reduced.bundle.empty()) {
    std::string group = "BUNDLE";
    for (const auto& mid : reduced.bundle) group += " " + mid;
    gst_sdp_message_add_attribute(raw, "group", group.c_str());
  }
  gst_sdp_message_add_attribute(raw, "ice-options", "trickle");
  for (const auto& offered : reduced.media) {
    GstSDPMedia* media = nullptr;
    gst_sdp_media_new(&media);
    fill(media, offered);
    gst_sdp_message_add_media(raw, media); // Takes its contents.
    gst_sdp_media_free(media);
  }
  return message;
}

} // namespace fanlight::webrtc
