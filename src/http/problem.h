#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "config_request.h"
#include "session/session.h"

namespace fanlight::http {

/// Why a request failed, as it leaves the server: application/problem+json (RFC 9457).
struct Problem {
  int status = 500;
  std::string code;               ///< For programs, e.g. "busy".
  std::string detail;             ///< For people.
  std::optional<int> retry_after; ///< Seconds.
  config::Faults errors = {};     ///< Keys of the request that are wrong.

  std::string to_json() const;
};

/// The one place where an Errc becomes an HTTP status.
Problem problem_of(const Error& error);

/// Why a session ended before it was answered, as an Error.
Error error_of(const session::CloseReason& reason);

} // namespace fanlight::http
