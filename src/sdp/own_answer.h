#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fanlight::sdp {

/// The parts of one media of an OwnAnswer that go into the server's answer.
struct OwnMedia {
  bool accepted = false; ///< Port not 0.
  std::string first_format;
  std::string mid;
  std::string direction = "sendrecv"; ///< The default of RFC 8866.
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;
  std::string setup;
  bool rtcp_rsize = false;
  bool receiver_rtt = false; ///< The transport reports the round trip to viewers.
  bool nack = false;         ///< The transport keeps packets for retransmission.
  /// Those of transport-cc and goog-remb that the transport reads.
  std::set<std::string> estimates;
  std::vector<std::string> sources; ///< The ssrc-group, ssrc and msid attributes, unchanged.
  std::vector<std::string> candidates;
};

/// The answer of webrtcbin or webrtcfanout, from which the server writes its own.
struct OwnAnswer {
  static OwnAnswer read(std::string_view text);

  const OwnMedia* find(std::string_view mid) const; ///< Null: there is none.

  bool ice_lite = false;
  std::vector<OwnMedia> media;
};

/// The extension from which the receiver computes this bandwidth feedback; null: `feedback` is of
/// another kind.
const char* estimate_of(std::string_view feedback);

} // namespace fanlight::sdp
