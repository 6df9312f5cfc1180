#include "webrtc/transport.h"

namespace fanlight::webrtc {
namespace {

bool is_carried(const Offer::Media& media) {
  return media.kind != Offer::Kind::other && !media.rejected;
}

/// Why the fanout is not for this offer; empty: it is.
std::string obstacle(const Offer& offer) {
  for (const Offer::Media& media : offer.media)
    if (is_carried(media) && media.transport.setup == "passive")
      return "the viewer wants to be the DTLS server (a=setup:passive)";
  return {};
}

/// What the viewer offers to send is not taken: an offered sendrecv is answered sendonly, an
/// offered sendonly inactive (RFC 3264, section 6.1).
std::string why_fanout(const Offer& offer) {
  using enum Offer::Direction;
  for (const Offer::Media& media : offer.media)
    if (is_carried(media) && (media.direction == sendrecv || media.direction == sendonly))
      return "the viewer's " + media.type + " is a=" + to_string(media.direction) +
             ", and nothing is taken from viewers";
  return "the viewer only receives";
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
  return {Transport::fanout, why_fanout(offer)};
}

} // namespace fanlight::webrtc
