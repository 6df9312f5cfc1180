#include "http/problem.h"

#include <libsoup/soup.h>

#include "http/json.h"

namespace fanlight::http {
namespace {

/// Seconds. Limits and cameras change slowly; a page that asks every five seconds is no burden.
constexpr int kRetryAfter = 5;

} // namespace

Problem problem_of(const Error& error) {
  switch (error.code) {
  case Errc::invalid: return {400, "invalid", error.message, {}};
  case Errc::not_found: return {404, "not_found", error.message, {}};
  case Errc::busy: return {503, "busy", error.message, kRetryAfter};
  case Errc::unsupported: return {406, "no_common_codec", error.message, {}};
  case Errc::unavailable: return {503, "unavailable", error.message, kRetryAfter};
  case Errc::conflict: return {412, "conflict", error.message, {}};
  case Errc::internal: break;
  }
  return {500, "internal", error.message, {}};
}

std::string Problem::to_json() const {
  json::Writer json;
  json.object([&] {
    json.member("type", "about:blank");
    json.member("title", soup_status_get_phrase(static_cast<guint>(status)));
    json.member("status", status);
    json.member("code", code);
    json.member("detail", detail);
    if (retry_after) json.member("retry_after", *retry_after);
    if (errors.empty()) return;
    json.array("errors", [&] {
      for (const WrongKey& error : errors)
        json.object([&] {
          json.member("key", error.key);
          json.member("message", error.message);
        });
    });
  });
  return json.text();
}

} // namespace fanlight::http
