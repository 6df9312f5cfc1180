#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "load/net/address.h"
#include "load/rtc/stun.h"

namespace fanlight::load {

using PayloadTypes = std::bitset<128>;

/// The parts of a server's SDP that a viewer needs.
struct Remote {
  struct Candidate {
    Address address;
    bool tcp = false; ///< A passive one (RFC 6544).
    std::uint32_t priority = 0;
  };
  IceCredentials ice;
  bool ice_lite = false;
  std::string fingerprint;           ///< "sha-256 AB:…"; empty: none with this hash.
  bool dtls_active = false;          ///< The server sends the ClientHello.
  std::vector<Candidate> candidates; ///< Numeric and of component 1, the highest priority first.
  PayloadTypes video;
  config::VideoCodec codec = config::VideoCodec::h264;
  std::uint32_t ssrc = 0; ///< Of the video; 0: not given.
  PayloadTypes rtx;
  bool nack = false;
  PayloadTypes audio;
  std::uint32_t audio_rate = 48000;
};

/// Reads an answer or an offer. Errc::invalid if something necessary is missing; candidates are not
/// necessary.
Result<Remote> read_remote(const std::string& sdp);

} // namespace fanlight::load
