#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/rtp_format.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

/// What is sent on one media of an offer.
struct Choice {
  int payload_type = 0;                ///< The viewer's.
  std::optional<int> rtx_payload_type; ///< Of the retransmissions, where the viewer offers them.
  std::size_t format_index = 0;        ///< Which of the camera's formats.
  RtpFormat sent;                      ///< That format.
  RtpFormat offered;                   ///< The viewer's entry: its fmtp goes into the answer.
  std::string reason;                  ///< Why, in words, for the log and the API.
  std::string stream;                  ///< Of the camera, whose format it is; set by who asked.
};

/// Matches what a camera can send, the preferred first, with what the viewer takes.
///
/// - H.264 (RFC 6184): packetization-mode 1 before 0; then the same profile, the nearest profile
///   that includes it, any other: browsers decode Main and High whatever they offer. The level is
///   not compared.
/// - H.265 (RFC 7798): the same profile-id and tier-flag (defaults 1 and 0), else a profile and
/// tier
///   that include them; only single-stream transport; level-id is not compared.
/// - Others: encoding, clock rate and channels.
///
/// Errc::unsupported says what the camera sends and what the viewer takes.
Result<Choice> choose(const Offer::Media& media, std::span<const RtpFormat> formats);

/// For people: "H264 (High, level 4.0)", "H265 (Main, level 4.0)", "OPUS".
std::string describe(const RtpFormat& format);

} // namespace fanlight::webrtc
