#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/config.h"

namespace fanlight::http {

/// Those of the servers that hold no credentials: they may be told before anybody watches.
std::vector<config::IceServer> open_ice_servers(const std::vector<config::IceServer>& servers);

/// All of the servers, for the viewer of one session. A secret becomes a username and a credential
/// that end at `now` plus `ttl`, as the REST API of TURN servers has it (use-auth-secret of
/// coturn): "expiry:name", and the HMAC-SHA1 of that in base64. The name is the first 16
/// hexadecimal digits of the SHA-256 of the session's id.
std::vector<config::IceServer> ice_servers_of_session(const std::vector<config::IceServer>& servers,
                                                      const std::string& session,
                                                      std::chrono::system_clock::time_point now);

} // namespace fanlight::http
