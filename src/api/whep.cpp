#include "api/whep.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "cameras/refusals.h"
#include "config/request.h"

namespace fanlight::http {
namespace {

/// How many ended sessions are remembered.
constexpr std::size_t kRemembered = 256;

/// Reads a width or height in pixels; 0: absent or invalid.
int pixels(const std::string& text) {
  guint64 value = 0;
  return g_ascii_string_to_unsigned(text.c_str(), 10, 1, session::StreamPreference::kMostPixels,
                                    &value, nullptr)
             ? static_cast<int>(value)
             : 0;
}

} // namespace

Whep::Whep(const config::WebRtc& webrtc, cameras::CameraDirectory& cameras,
           session::Directory& directory, const Limits& limits)
    : webrtc_(webrtc), cameras_(cameras), directory_(directory), limits_(limits) {}

void Whep::open(const std::string& camera, const ExchangePtr& exchange) {
  if (refusal_) return exchange->respond(*refusal_);
  if (!cameras_.camera(camera)) return exchange->respond(cameras::no_camera(camera));
  if (exchange->content_type() != "application/sdp") {
    exchange->set_header("Accept-Post", "application/sdp");
    return exchange->respond(
        Problem{Failure::wrong_type, {"offer_type"_reason, "an offer must be application/sdp"}});
  }
  const auto offer = exchange->read_body();
  if (!offer) return;
  if (offer->empty())
    return exchange->respond(
        Error{Errc::invalid, Reason{"offer_empty"_reason, "the offer is empty"}});

  session::Directory::OpenOptions options;
  options.signalling = "whep";
  options.remote_address = exchange->remote_address();
  options.complete_answer = true;
  if (const std::string stream = exchange->query("stream"); !stream.empty()) {
    // A name that cannot be an id is not looked up and not repeated.
    if (!config::is_id(stream)) return exchange->respond(cameras::no_such_stream());
    options.preference.stream = stream;
  }
  options.preference.width = pixels(exchange->query("width"));
  options.preference.height = pixels(exchange->query("height"));
  auto viewer = std::make_unique<WhepSession>(exchange, webrtc_, limits_,
                                              [this](WhepSession& ended) { end(ended); });
  const auto opened = directory_.open(camera, *offer, options, *viewer);
  if (!opened) {
    log::info("http", {{"camera", camera}, {"client", options.remote_address}},
              "refusing a viewer: " + opened.error().message);
    return exchange->respond(opened.error());
  }
  viewer->begin(**opened);
  sessions_.insert_or_assign(viewer->id(), std::move(viewer));
}

void Whep::patch(const std::string& camera, const std::string& session,
                 const ExchangePtr& exchange) {
  if (WhepSession* found = find(camera, session, *exchange)) found->patch(exchange);
}

void Whep::remove(const std::string& camera, const std::string& session,
                  const ExchangePtr& exchange) {
  if (has_just_ended(camera, session)) return exchange->respond(200);
  if (WhepSession* found = find(camera, session, *exchange)) found->remove(exchange);
}

bool Whep::has_just_ended(const std::string& camera, const std::string& session) const {
  return std::find(ended_.begin(), ended_.end(), std::pair{camera, session}) != ended_.end();
}

WhepSession* Whep::find(const std::string& camera, const std::string& session,
                        Exchange& exchange) const {
  const auto found = sessions_.find(session);
  if (found != sessions_.end() && found->second->camera() == camera) return found->second.get();
  exchange.respond(
      Error{Errc::not_found, Reason{"no_such_session"_reason, "there is no such session"}});
  return nullptr;
}

void Whep::end(WhepSession& session) {
  if (session.id().empty()) return; // It was never opened.
  ended_.emplace_back(session.camera(), session.id());
  if (ended_.size() > kRemembered) ended_.pop_front();
  sessions_.erase(std::string{session.id()});
}

} // namespace fanlight::http
