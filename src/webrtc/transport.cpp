#include "webrtc/transport.h"

namespace fanlight::webrtc {
namespace {

bool is_carried(const sdp::Offer::Media& media) {
  return media.kind != sdp::Offer::Kind::other && !media.rejected;
}

/// Why webrtcfanout cannot serve this offer; empty: it can.
Reason obstacle(const sdp::Offer& offer) {
  for (const sdp::Offer::Media& media : offer.media)
    if (is_carried(media) && media.transport.setup == "passive")
      return {"viewer_dtls_server"_reason,
              "the viewer insists on being the DTLS server (a=setup:passive)"};
  return {};
}

/// The server does not accept media from viewers: it answers sendrecv with sendonly, and sendonly
/// with inactive (RFC 3264, section 6.1).
Reason why_fanout(const sdp::Offer& offer) {
  using enum sdp::Offer::Direction;
  for (const sdp::Offer::Media& media : offer.media)
    if (is_carried(media) && (media.direction == sendrecv || media.direction == sendonly))
      return {"viewer_sends"_reason,
              "the viewer's {media} is a={direction}, but the server does not accept media from "
              "viewers",
              {{"media", media.type}, {"direction", to_string(media.direction)}}};
  return {"viewer_receives"_reason, "the viewer only receives"};
}

} // namespace

TransportChoice choose_transport(config::ViewerTransport wanted, const config::WebRtc& config,
                                 const sdp::Offer& offer) {
  using Transport = config::ViewerTransport;
  if (wanted != Transport::automatic)
    return {wanted, {"transport_configured"_reason, "the configuration selects it"}};
  if (!config.ice_servers.empty())
    return {Transport::webrtcbin,
            {"transport_ice_servers"_reason,
             "webrtc.ice_servers is set, and webrtcfanout does not use ICE servers"}};
  if (Reason why = obstacle(offer); !why.empty()) return {Transport::webrtcbin, std::move(why)};
  return {Transport::fanout, why_fanout(offer)};
}

} // namespace fanlight::webrtc
