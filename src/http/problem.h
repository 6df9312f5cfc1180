#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fanlight::http {

/// What is wrong with one key of a request.
struct WrongKey {
  std::string key; ///< As streams[0].url.
  std::string message;
};

/// Why a request failed, as it leaves the server: application/problem+json (RFC 9457).
struct Problem {
  int status = 500;
  std::string code;               ///< For programs, e.g. "busy".
  std::string detail;             ///< For people.
  std::optional<int> retry_after; ///< Seconds.
  std::vector<WrongKey> errors = {};

  std::string to_json() const;
};

/// The one place where an Errc becomes an HTTP status.
Problem problem_of(const Error& error);

} // namespace fanlight::http
