#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sdp/ice_fragment.h"

/// The parts of a session description that signalling itself needs: the list of media, and their
/// ICE. Other code reads the contents of the media.
namespace fanlight::sdp {

/// The `a=mid` of each m-line in order; empty if an m-line has none.
std::vector<std::string> mids(std::string_view sdp);

/// The first `a=ice-ufrag`; empty if there is none.
std::string ice_ufrag(std::string_view sdp);

/// `offer` as its sender would write it for the ICE restart that `fragment` requests: with new
/// credentials, and with its candidates instead of the old ones.
std::string restart_offer(std::string_view offer, const IceFragment& fragment);

/// Credentials and candidates of an answer, as the reply to a restart: each candidate once, and the
/// best first, because some players use only one.
IceFragment ice_fragment(std::string_view answer);

/// The m-line of `mids` that a candidate belongs to.
unsigned mline_of(const std::vector<std::string>& mids, const IceFragment::Candidate& candidate);

} // namespace fanlight::sdp
