#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <netinet/in.h>

#include "stun.h"

namespace fanlight::crowd {

struct OfferOptions {
  IceCredentials ice;
  std::string fingerprint;
  sockaddr_in candidate;
  bool audio = false;
  bool h265 = false;                ///< Offered before H.264.
  std::vector<std::string> without; ///< Lines with any of these are left out.
};

/// What Chromium would offer to receive, as far as the media of a camera go.
std::string write_offer(const OfferOptions& options);

struct Answer {
  IceCredentials ice;
  bool dtls_active = false;                ///< The server sends the ClientHello.
  std::vector<sockaddr_in> candidates;     ///< UDP and IPv4 only.
  std::string video_encoding;              ///< H264 or H265.
  std::vector<std::uint8_t> video;         ///< Payload types.
  std::vector<std::uint8_t> retransmitted; ///< Payload types of RTX.
};

/// Throws std::runtime_error when something that is needed is missing.
Answer read_answer(const std::string& sdp);

} // namespace fanlight::crowd
