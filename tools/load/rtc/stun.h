#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "load/net/address.h"
#include "load/net/wire.h"

namespace fanlight::load {

/// The subset of STUN (RFC 8489, RFC 8445) for the controlling side of one candidate pair. Does not
/// check the integrity of incoming messages: the network is trusted, and the transaction identifies
/// answers.
using StunId = std::array<std::uint8_t, 12>;

struct IceCredentials {
  std::string ufrag;
  std::string password;
};

/// A connectivity check that nominates. `priority` is that of a host candidate, as in the offer.
std::vector<std::uint8_t> binding_request(const StunId& id, const IceCredentials& local,
                                          const IceCredentials& remote, std::uint32_t priority);

/// The answer to a check of the server, which came from `source`.
std::vector<std::uint8_t> binding_response(const StunId& id, const IceCredentials& local,
                                           const Address& source);

struct Stun {
  enum class Type : std::uint16_t { request = 0x0001, response = 0x0101, error = 0x0111 };
  Type type;
  StunId id;
  unsigned error = 0; ///< Error code: 401, 487, ...
};

/// None if the datagram is not STUN.
std::optional<Stun> read_stun(Bytes datagram);

} // namespace fanlight::load
