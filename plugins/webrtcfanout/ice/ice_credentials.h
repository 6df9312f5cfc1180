#pragma once

#include <string>

namespace fanlight::fanout {

/// What one end of ICE is known by (RFC 8445, section 5.3).
struct IceCredentials {
  std::string ufrag;
  std::string password;

  bool operator==(const IceCredentials&) const = default;
};

} // namespace fanlight::fanout
