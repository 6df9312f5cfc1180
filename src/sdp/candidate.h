#pragma once

#include <string>
#include <string_view>
#include <vector>

/// ICE candidates as lines ("candidate:…", RFC 8839, section 5.1).
namespace fanlight::sdp {

/// One trickled candidate; `candidate` empty means end of candidates.
struct Candidate {
  unsigned mline_index = 0; ///< Of the viewer's offer.
  std::string candidate;    ///< "candidate:…" without the leading "a=".
};

/// A local candidate as announced to viewers: a host candidate once per public address of its
/// family (1:1 NAT); any other candidate, or a host candidate without such an address, unchanged.
std::vector<std::string> announce(std::string_view candidate,
                                  const std::vector<std::string>& public_addresses);

/// Whether two candidates lead to the same place: they differ at most in foundation and priority.
/// Candidates of several local addresses do, once a public address replaces these.
bool same_place(std::string_view one, std::string_view other);

/// Whether a viewer's candidate is usable: well-formed, of the first component, with an IP address.
/// Names (mDNS) cost look-ups and do not resolve outside the viewer's LAN; ICE learns that address
/// from the viewer's own checks.
bool is_usable_candidate(std::string_view candidate);

} // namespace fanlight::sdp
