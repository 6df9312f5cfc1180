#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/rtp_format.h"
#include "sdp/offer.h"

namespace fanlight::sdp {

/// What the server sends on one media of an offer.
struct Choice {
  int payload_type = 0;                ///< The viewer's.
  std::optional<int> rtx_payload_type; ///< For retransmissions, if the viewer offers them.
  std::size_t format_index = 0;        ///< Index among the camera's formats.
  RtpFormat sent;                      ///< That format.
  RtpFormat offered;                   ///< The viewer's entry; its fmtp goes into the answer.
  Reason reason;                       ///< Why, for people: in the log and the API.
  std::string stream;                  ///< The camera's stream of that format; set by the caller.
};

/// Matches what a camera can send, the preferred format first, with what the viewer supports.
///
/// - H.264 (RFC 6184): packetization-mode 1 before 0; then the same profile, the nearest profile
/// that includes it, any other: browsers decode Main and High whatever they offer. Ignores the
/// level.
/// - H.265 (RFC 7798): the same profile-id and tier-flag (defaults 1 and 0), else a profile and
/// tier that include them; only single-stream transport; ignores the level-id.
/// - Others: encoding, clock rate and channels.
///
/// Errc::unsupported says what the camera sends and what the viewer supports.
Result<Choice> choose(const Offer::Media& media, std::span<const RtpFormat> formats);

/// For people: "H264 (High, level 4.0)", "H265 (Main, level 4.0)", "OPUS".
std::string describe(const RtpFormat& format);

} // namespace fanlight::sdp
