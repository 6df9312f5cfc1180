#include "webrtc/transport.h"

namespace fanlight::webrtc {
namespace {

/// Why the fanout is not for this offer; empty: it is.
std::string obstacle(const Offer& offer) {
  if (offer.ice_lite) return "the viewer is an ICE-lite agent (a=ice-lite), as the fanout is";
  for (const Offer::Media& media : offer.media) {
    if (media.kind == Offer::Kind::other || media.rejected) continue;
    if (media.direction != Offer::Direction::recvonly &&
        media.direction != Offer::Direction::inactive)
      return "the viewer's " + media.type + " is a=" + to_string(media.direction) +
             ", not a=recvonly";
    if (media.transport.setup == "passive")
      return "the viewer wants to be the DTLS server (a=setup:passive)";
  }
  return {};
}

} // namespace

TransportChoice choose_transport(config::ViewerTransport wanted, const config::WebRtc& config,
                                 const Offer& offer) {
  using Transport = config::ViewerTransport;
  if (wanted != Transport::automatic) return {wanted, "by configuration"};
  if (!config.ice_servers.empty())
    return {Transport::webrtcbin, "webrtc.ice_servers are set, which the fanout does not use"};
  if (std::string why = obstacle(offer); !why.empty())
    return {Transport::webrtcbin, std::move(why)};
  return {Transport::fanout, "the viewer only receives"};
}

} // namespace fanlight::webrtc
