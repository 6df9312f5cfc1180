#pragma once

#include <string>

namespace fanlight::fanout {

/// The ICE user name fragment and password of one end (RFC 8445, section 5.3).
struct IceCredentials {
  std::string ufrag;
  std::string password;

  bool operator==(const IceCredentials&) const = default;
};

} // namespace fanlight::fanout
