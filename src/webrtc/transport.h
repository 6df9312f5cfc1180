#pragma once

#include "base/reason.h"
#include "config/config.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

/// The transport of a viewer, webrtcbin or fanout, and the reason, for the log and the API.
struct TransportChoice {
  config::ViewerTransport transport = config::ViewerTransport::webrtcbin;
  Reason reason;
};

/// Follows `wanted`; `automatic` means fanout, unless only webrtcbin can do what is needed: use the
/// server's own ICE servers, be the DTLS client, or be the checking one of two ICE agents. No
/// browser requires the latter two.
TransportChoice choose_transport(config::ViewerTransport wanted, const config::WebRtc& config,
                                 const sdp::Offer& offer);

} // namespace fanlight::webrtc
