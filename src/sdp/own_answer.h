#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fanlight::webrtc {

/// One media of an OwnAnswer.
struct OwnMedia {
  bool accepted = false; ///< Port not 0.
  std::string first_format;
  std::string mid;
  std::string direction = "sendrecv"; ///< What RFC 8866 has for none.
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;
  std::string setup;
  bool rtcp_rsize = false;
  bool receiver_rtt = false;        ///< Viewers are told the round trip.
  bool nack = false;                ///< Packets are kept to be sent again.
  std::set<std::string> estimates;  ///< transport-cc, goog-remb: the feedback is read.
  std::vector<std::string> sources; ///< ssrc-group, ssrc and msid attributes, whole.
  std::vector<std::string> candidates;
};

/// The answer of what carries the viewer, webrtcbin or webrtcfanout, as far as it goes into ours.
struct OwnAnswer {
  static OwnAnswer read(std::string_view text);

  const OwnMedia* find(std::string_view mid) const; ///< Null: there is none.

  bool ice_lite = false;
  std::vector<OwnMedia> media;
};

/// The extension that an estimate of the viewer's network is reckoned from; null: `feedback` is no
/// such estimate.
const char* estimate_of(std::string_view feedback);

} // namespace fanlight::webrtc
