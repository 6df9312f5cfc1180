#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/config.h"

namespace fanlight::http {

/// The servers without credentials, which any page may know before it has a session.
std::vector<config::IceServer> open_ice_servers(const std::vector<config::IceServer>& servers);

/// All servers, for the viewer of one session. A secret becomes a username and a credential that
/// expire at `now` plus `ttl`, as in the REST API of TURN servers (use-auth-secret of coturn):
/// "expiry:name", and its HMAC-SHA1 in base64. The name is the first 16 hexadecimal digits of the
/// SHA-256 of the session's id.
std::vector<config::IceServer> ice_servers_of_session(const std::vector<config::IceServer>& servers,
                                                      const std::string& session,
                                                      std::chrono::system_clock::time_point now);

} // namespace fanlight::http
