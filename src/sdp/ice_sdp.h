#pragma once

#include <string>
#include <string_view>

#include "sdp/ice_fragment.h"
#include "sdp/offer.h"

/// The ICE of session descriptions, as WHEP's fragments carry it.
namespace fanlight::sdp {

/// `offer` as its sender would write it for the ICE restart that `fragment` requests: with new
/// credentials, and with its candidates instead of the old ones.
Offer restarted(Offer offer, const IceFragment& fragment);

/// Credentials and candidates of an answer, as the reply to a restart: each candidate once, and the
/// best first, because some players use only one.
IceFragment ice_fragment(std::string_view answer);

/// The m-line of `offer` that a candidate belongs to.
unsigned mline_of(const Offer& offer, const IceFragment::Candidate& candidate);

} // namespace fanlight::sdp
