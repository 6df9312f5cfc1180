#pragma once

#include <string>

namespace fanlight::camsim {

/// The login that a camera expects.
struct Login {
  std::string user;
  std::string password;
};

/// A WWW-Authenticate header for digest with SHA-256 (RFC 7616, section 3.3).
std::string sha256_challenge(const std::string& nonce);

/// Whether an Authorization answers that challenge for a request of `method` and `uri`.
bool answers_sha256(const std::string& authorization, const Login& login, const std::string& method,
                    const std::string& uri, const std::string& nonce);

} // namespace fanlight::camsim
