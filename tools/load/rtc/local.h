#pragma once

#include <cstdint>
#include <string>

#include "load/net/address.h"
#include "load/rtc/stun.h"

namespace fanlight::load {

/// What a viewer says of itself in SDP.
struct Local {
  IceCredentials ice;
  std::string fingerprint;
  Address candidate;
  bool tcp = false; ///< The candidate is an active one of TCP (RFC 6544).
  bool audio = false;
  bool h265 = false; ///< Before H.264.
  bool nack = true;
};

/// Of a host candidate of component 1 (RFC 8445, section 5.1.2.1).
constexpr std::uint32_t kHostPriority = 2130706431;

/// What Chromium would offer to receive, as far as the media of a camera go.
std::string write_offer(const Local& local);

/// What a viewer answers to an offer: yes to the first video, and sound where it is wanted, in all
/// formats of the offer; it sends the ClientHello.
std::string write_answer(const Local& local, const std::string& offer);

} // namespace fanlight::load
