#include "load/signalling/whep.h"

#include <utility>

#include "load/signalling/json.h"

namespace fanlight::load {
std::string describe_failure(const std::string& request, const HttpResponse& response) {
  if (response.status == 0) return request + ": " + response.body;
  std::string detail = json_string(response.body, "detail");
  if (detail.empty()) detail = response.body.substr(0, response.body.find_first_of("\r\n"));
  constexpr std::size_t kMost = 120;
  if (detail.size() > kMost) detail.resize(kMost);
  return request + ": " + std::to_string(response.status) + (detail.empty() ? "" : " " + detail);
}

Whep::Whep(Http& http, Url url, const Address& server, const std::string& offer, Observer& observer)
    : http_(http), url_(std::move(url)), server_(server), observer_(observer) {
  call_ = http_.call({.method = "POST",
                      .url = url_,
                      .server = server_,
                      .content_type = "application/sdp",
                      .body = offer},
                     [this](const HttpResponse& response) { on_response(response); });
}

void Whep::on_response(const HttpResponse& response) {
  if (response.status != 201 && response.status != 200)
    return observer_.on_refused(describe_failure("POST", response));
  if (const auto location = response.headers.find("location"); location != response.headers.end())
    location_ = location->second;
  const auto finished = std::move(call_); // Keeps the buffers: this runs inside the call.
  observer_.on_remote(response.body);
}

void Whep::leave() {
  const auto session = url_.resolve(location_);
  if (location_.empty() || !session)
    return observer_.on_left("the server's answer has no session URL");
  // Sends the DELETE only to the server that got the offer.
  Url url = *session;
  if (url.host != url_.host || url.port != url_.port)
    return observer_.on_left("the session is on another server");
  call_ = http_.call({.method = "DELETE",
                      .url = std::move(url),
                      .server = server_,
                      .content_type = {},
                      .body = {}},
                     [this](const HttpResponse& response) {
                       const bool done = response.status / 100 == 2;
                       observer_.on_left(done ? "" : describe_failure("DELETE", response));
                     });
}

} // namespace fanlight::load
