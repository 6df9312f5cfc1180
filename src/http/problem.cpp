#include "http/problem.h"

#include <array>

#include <libsoup/soup.h>

#include "http/json.h"

namespace fanlight::http {
namespace {

/// Seconds. Limits and cameras change slowly, and a page that retries every five seconds costs
/// little.
constexpr int kRetryAfter = 5;

constexpr std::array kFailures{
    FailureRow{Failure::invalid, 400, "invalid"},
    FailureRow{Failure::bad_order, 400, "bad_order"},
    FailureRow{Failure::foreign_page, 403, "foreign_page"},
    FailureRow{Failure::unknown_host, 403, "unknown_host"},
    FailureRow{Failure::not_allowed, 403, "not_allowed"},
    FailureRow{Failure::not_found, 404, "not_found"},
    FailureRow{Failure::unknown_stream, 404, "unknown_stream"},
    FailureRow{Failure::wrong_method, 405, "wrong_method"},
    FailureRow{Failure::no_common_codec, 406, "no_common_codec"},
    FailureRow{Failure::camera_exists, 409, "camera_exists"},
    FailureRow{Failure::layout_exists, 409, "layout_exists"},
    FailureRow{Failure::changed_by_hand, 409, "changed_by_hand"},
    FailureRow{Failure::not_managed, 409, "not_managed"},
    FailureRow{Failure::too_many, 409, "too_many"},
    FailureRow{Failure::conflict, 412, "conflict"},
    FailureRow{Failure::too_large, 413, "too_large"},
    FailureRow{Failure::wrong_type, 415, "wrong_type"},
    FailureRow{Failure::bad_configuration, 422, "bad_configuration"},
    FailureRow{Failure::websocket_only, 426, "websocket_only"},
    FailureRow{Failure::no_if_match, 428, "no_if_match"},
    FailureRow{Failure::internal, 500, "internal"},
    FailureRow{Failure::not_writable, 500, "not_writable"},
    FailureRow{Failure::not_installed, 501, "not_installed"},
    FailureRow{Failure::busy, 503, "busy"},
    FailureRow{Failure::camera_changed, 503, "camera_changed"},
    FailureRow{Failure::unavailable, 503, "unavailable"},
};

constexpr bool has_one_row_each() {
  for (std::size_t i = 0; i < kFailures.size(); ++i)
    if (kFailures[i].failure != static_cast<Failure>(i)) return false;
  return kFailures.size() == static_cast<std::size_t>(Failure::count);
}
static_assert(has_one_row_each(), "each Failure needs one row, in the order of the enum");

const FailureRow& row_of(Failure failure) { return kFailures[static_cast<std::size_t>(failure)]; }

Failure failure_of(Errc code) {
  switch (code) {
  case Errc::invalid: return Failure::invalid;
  case Errc::not_found: return Failure::not_found;
  case Errc::no_stream: return Failure::unknown_stream;
  case Errc::busy: return Failure::busy;
  case Errc::unsupported: return Failure::no_common_codec;
  case Errc::unavailable: return Failure::unavailable;
  case Errc::conflict: return Failure::conflict;
  case Errc::internal: break;
  }
  return Failure::internal;
}

} // namespace

std::span<const FailureRow> failures() { return kFailures; }

void write_errors(json::Writer& json, const std::vector<WrongKey>& errors) {
  json.array("errors", [&] {
    for (const WrongKey& error : errors)
      json.object([&] {
        json.member("key", error.key);
        json.member("message", error.why);
        if (!error.file.empty()) json.member("file", error.file);
        if (error.line > 0) json.member("line", error.line);
      });
  });
}

Problem problem_of(const Error& error) { return {failure_of(error.code), error}; }

Reason body_too_large(std::size_t most_bytes) {
  return {"body_too_large"_reason,
          "the request body is larger than {limit} bytes",
          {{"limit", most_bytes}}};
}

int Problem::status() const { return row_of(failure).status; }

const char* Problem::code() const { return row_of(failure).code; }

std::optional<int> Problem::retry_after() const {
  return status() == 503 ? std::optional{kRetryAfter} : std::nullopt;
}

std::string Problem::to_json() const {
  json::Writer json;
  json.object([&] {
    json.member("type", "about:blank");
    json.member("title", soup_status_get_phrase(static_cast<guint>(status())));
    json.member("status", status());
    json.member("code", code());
    json.member("detail", detail);
    if (const auto seconds = retry_after()) json.member("retry_after", *seconds);
    if (!errors.empty()) write_errors(json, errors);
  });
  return json.text();
}

} // namespace fanlight::http
