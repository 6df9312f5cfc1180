#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace fanlight::http {

namespace json {
class Writer;
}

/// All kinds of failed requests; failures() gives each its status and code.
enum class Failure {
  invalid,
  bad_order,
  foreign_page,
  unknown_host,
  not_allowed,
  not_found,
  unknown_stream,
  wrong_method,
  no_common_codec,
  camera_exists,
  layout_exists,
  changed_by_hand,
  not_managed,
  too_many,
  conflict,
  too_large,
  wrong_type,
  bad_configuration,
  websocket_only,
  no_if_match,
  internal,
  not_writable,
  not_installed,
  busy,
  camera_changed,
  unavailable,
  count, ///< Not a failure: how many there are.
};

struct FailureRow {
  Failure failure;
  int status;       ///< HTTP status.
  const char* code; ///< For programs, e.g. "busy".
};

/// All rows, in the order of Failure: the only place where errors become HTTP.
std::span<const FailureRow> failures();

/// An error in one key of a request, or of a file of the server.
struct WrongKey {
  std::string key; ///< For example streams[0].url.
  Reason why;
  std::string file = {}; ///< Empty: of a request.
  int line = 0;          ///< Of the file; 0: not known.
};
/// The member `errors`.
void write_errors(json::Writer& json, const std::vector<WrongKey>& errors);

/// Why a request failed, as sent to the client: application/problem+json (RFC 9457).
struct Problem {
  Failure failure = Failure::internal;
  Reason detail; ///< For people.
  std::vector<WrongKey> errors = {};

  int status() const;
  const char* code() const;
  std::optional<int> retry_after() const; ///< Seconds.
  std::string to_json() const;
};

Problem problem_of(const Error& error);

Reason body_too_large(std::size_t most_bytes);

} // namespace fanlight::http
