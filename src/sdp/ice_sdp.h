#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sdp/ice_fragment.h"

/// The parts of a session description that signalling itself needs: which media there are, and
/// their ICE. What is in the media is read elsewhere.
namespace fanlight::http {

/// The `a=mid` of each m-line in order; empty where an m-line has none.
std::vector<std::string> mids(std::string_view sdp);

/// The first `a=ice-ufrag`; empty if there is none.
std::string ice_ufrag(std::string_view sdp);

/// `offer` as its sender would write it for the ICE restart that `fragment` asks for: new
/// credentials, its candidates in place of the old ones.
std::string restart_offer(std::string_view offer, const IceFragment& fragment);

/// Credentials and candidates of an answer, as the reply to a restart: each candidate once, and the
/// best first, as some players take one alone.
IceFragment ice_fragment(std::string_view answer);

/// Which m-line of `mids` a candidate belongs to.
unsigned mline_of(const std::vector<std::string>& mids, const IceFragment::Candidate& candidate);

} // namespace fanlight::http
