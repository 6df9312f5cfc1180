#pragma once

#include <string>
#include <string_view>
#include <vector>

/// ICE candidates as lines ("candidate:…", RFC 8839, section 5.1).
namespace fanlight::webrtc {

/// One trickled candidate; `candidate` empty means end of candidates.
struct Candidate {
  unsigned mline_index = 0; ///< Of the viewer's offer.
  std::string candidate;    ///< "candidate:…" without the leading "a=".
};

/// A local candidate as it is announced: a host candidate once for each public address of its
/// family (1:1 NAT), everything else, and without such an address, as it is.
std::vector<std::string> announce(std::string_view candidate,
                                  const std::vector<std::string>& public_addresses);

/// Whether two candidates lead to one place: all but foundation and priority is the same. Those of
/// several local addresses are, once a public address stands for them.
bool same_place(std::string_view one, std::string_view other);

/// Whether a viewer's candidate is of use: well-formed, the first component, an IP address. Names
/// (mDNS) cost look-ups and do not resolve outside the viewer's LAN; ICE learns the address from
/// the viewer's own checks instead.
bool is_usable_candidate(std::string_view candidate);

} // namespace fanlight::webrtc
