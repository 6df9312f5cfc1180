#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "webrtcfanout/net/socket_address.h"
#include "webrtcfanout/sdp/offer.h"

namespace fanlight::fanout {

/// Header extensions that our packets can carry.
namespace extension_uri {
inline constexpr const char* kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr const char* kPlayoutDelay =
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
inline constexpr const char* kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr const char* kAbsSendTime =
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
} // namespace extension_uri

/// What is sent on one media of the offer.
struct AnsweredMedia {
  Offer::Payload payload;
  bool use_rtx = false; ///< The payload's rtx is answered too.
  bool use_remb = false;
  bool use_transport_cc = false;
  std::vector<Offer::Extension> extensions; ///< Those of the offer that we answer with.
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0; ///< Where use_rtx.
};

struct AnswerTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint; ///< "sha-256 AB:CD:…"
  std::string cname;
  std::string stream_id; ///< msid, shared by sound and picture so that they are kept in sync.
  std::vector<SocketAddress> udp; ///< Host candidates, the preferred first.
  std::vector<SocketAddress> tcp; ///< ICE-TCP passive ones (RFC 6544), with their port.
};

/// The answer of an ICE-lite agent with all of its candidates (RFC 8445, RFC 8839, RFC 8840): one
/// entry of `media` for each of the offer's. setup:passive, rtcp-mux, sendonly; fmtp as offered;
/// a=ssrc, and a=ssrc-group:FID with RTX; end-of-candidates. nullopt: the media is not sent; it
/// is inactive in the BUNDLE, or rejected with port 0 if it cannot be in the BUNDLE.
std::string write_answer(const Offer& offer, const std::vector<std::optional<AnsweredMedia>>& media,
                         const AnswerTransport& transport);

} // namespace fanlight::fanout
