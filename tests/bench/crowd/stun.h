#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <netinet/in.h>

namespace fanlight::crowd {

/// What ICE needs of STUN (RFC 8489, RFC 8445) for the controlling side of one candidate pair.
/// Integrity of what comes in is not checked: this is a load client on a trusted wire.
using StunId = std::array<std::uint8_t, 12>;

struct IceCredentials {
  std::string ufrag;
  std::string password;
};

/// A connectivity check that nominates.
std::vector<std::uint8_t> binding_request(const StunId& id, const IceCredentials& local,
                                          const IceCredentials& remote);

/// The answer to a check of the other side, seen from `source`.
std::vector<std::uint8_t> binding_response(const StunId& id, const IceCredentials& local,
                                           const sockaddr_in& source);

struct StunHeader {
  enum class Type : std::uint16_t { request = 0x0001, response = 0x0101, error = 0x0111 };
  Type type;
  StunId id;
};

/// Nothing when the datagram is not STUN.
std::optional<StunHeader> read_stun(std::span<const std::uint8_t> datagram);

} // namespace fanlight::crowd
