#pragma once

#include <map>
#include <string>

namespace fanlight {

/// How SDP describes an RTP stream: the `a=rtpmap` and `a=fmtp` of a camera's stream, or of one
/// payload type of an offer.
struct RtpFormat {
  std::string encoding; ///< Upper case as registered with IANA: H264, H265, VP8, OPUS, PCMU, PCMA.
  int clock_rate = 0;   ///< Hz.
  int channels = 1;     ///< Audio only.
  std::map<std::string, std::string>
      fmtp; ///< Lower-case keys, e.g. profile-level-id, packetization-mode, profile-id, tier-flag.
  bool operator==(const RtpFormat&) const = default;
};

} // namespace fanlight
