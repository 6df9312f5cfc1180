#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fanlight::rtsp {

/// A challenge of a 401: the scheme and its parameters, with names in lower case.
struct Challenge {
  std::string scheme; ///< "basic", "digest", …
  std::map<std::string, std::string> parameters;
};

/// Reads the value of a WWW-Authenticate header, which may hold several challenges (RFC 7235,
/// section 4.1). Skips what it cannot read.
std::vector<Challenge> parse_challenges(const std::string& header);

/// User and password for one camera, and the answers to its challenges: Basic (RFC 7617) and Digest
/// with MD5 or SHA-256, with or without -sess and qop=auth (RFC 7616). Answers the strongest
/// challenge that the camera offers.
///
/// Does not send a rejected password again: cameras lock accounts.
class Login {
 public:
  enum class Verdict {
    answered,   ///< Repeat the request with authorization().
    missing,    ///< The camera requires a login, and none is configured.
    refused,    ///< The camera rejects our login.
    unsupported ///< The camera offers no scheme that we support.
  };

  Login() = default;
  /// `client_nonce` is the cnonce of Digest; empty: a random one for each challenge.
  Login(std::string username, std::string password, std::string client_nonce = {});

  const std::string& username() const { return username_; }
  const std::string& password() const { return password_; }
  /// A 401 with these challenges arrived; its request carried authorization() if there was any.
  Verdict on_challenges(const std::vector<Challenge>& challenges);
  /// The camera accepted a request that carried authorization().
  void accept();
  /// Requests now go to another server, which has challenges of its own.
  void move();
  /// The value of the Authorization header for a request; empty before the first challenge.
  std::string authorization(const std::string& method, const std::string& uri);

 private:
  std::string digest(const std::string& method, const std::string& uri);

  std::string username_;
  std::string password_;
  std::string fixed_client_nonce_;
  Challenge challenge_; // No scheme: none yet.
  unsigned tries_ = 0;  // Answers since the camera last accepted one.
  bool accepted_ = false;
  std::uint32_t count_ = 0; // Uses of the nonce.
  std::string client_nonce_;
};

} // namespace fanlight::rtsp
