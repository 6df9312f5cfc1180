#pragma once

#include <string>

#include "config/config.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

/// What is to carry a viewer, webrtcbin or fanout, and why, in words for the log and the API.
struct TransportChoice {
  config::ViewerTransport transport = config::ViewerTransport::webrtcbin;
  std::string reason;
};

/// As `wanted` says; `automatic` is fanout for all but what only webrtcbin can do: use the server's
/// own ICE servers, be the DTLS client, be the one of two ICE agents that checks. No browser asks
/// for the latter two.
TransportChoice choose_transport(config::ViewerTransport wanted, const config::WebRtc& config,
                                 const Offer& offer);

} // namespace fanlight::webrtc
