#pragma once

#include <cstdint>
#include <string>

#include "load/net/address.h"
#include "load/rtc/stun.h"

namespace fanlight::load {

/// The content of a viewer's SDP.
struct Local {
  IceCredentials ice;
  std::string fingerprint;
  Address candidate;
  bool tcp = false; ///< The candidate is an active TCP one (RFC 6544).
  bool audio = false;
  bool h265 = false; ///< Offer it before H.264.
  bool nack = true;
};

/// The priority of a host candidate of component 1 (RFC 8445, section 5.1.2.1).
constexpr std::uint32_t kHostPriority = 2130706431;

/// An offer to receive a camera's media, like Chromium's.
std::string write_offer(const Local& local);

/// A viewer's answer to an offer: accepts the first video, and audio if it is wanted, in all
/// offered formats; the viewer sends the ClientHello.
std::string write_answer(const Local& local, const std::string& offer);

} // namespace fanlight::load
