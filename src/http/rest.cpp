#include "http/rest.h"

#include <algorithm>
#include <utility>

#include "http/json.h"

namespace fanlight::http {
namespace {

void respond_json(Exchange& exchange, int status, const json::Writer& json) {
  exchange.set_header("Cache-Control", "no-store");
  exchange.respond(status, "application/json", json.text());
}

Error no_camera(const std::string& id) {
  return {Errc::not_found, "there is no camera '" + id + "'"};
}

/// `status` and the cameras' states, for whoever watches the service.
void respond_states(Exchange& exchange, int status, const char* word,
                    const std::vector<session::CameraInfo>& cameras) {
  json::Writer json;
  json.object([&] {
    json.member("status", word);
    json.member("version", FANLIGHT_VERSION);
    json.array("cameras", [&] {
      for (const session::CameraInfo& camera : cameras)
        json.object([&] {
          json.member("id", camera.id);
          json.member("state", camera.best.state);
          if (!camera.best.reason.empty()) json.member("reason", camera.best.reason);
        });
    });
  });
  respond_json(exchange, status, json);
}

} // namespace

Rest::Rest(session::Directory& directory, const Limits& limits)
    : directory_(directory), graph_(limits) {}

void Rest::cameras(const ExchangePtr& exchange) const {
  json::Writer json;
  json.object([&] {
    json.array("cameras", [&] {
      for (const session::CameraInfo& camera : directory_.cameras())
        json.object([&] { json::write_members(json, camera); });
    });
  });
  respond_json(*exchange, 200, json);
}

void Rest::camera(const std::string& id, const ExchangePtr& exchange) const {
  const auto camera = directory_.camera(id);
  if (!camera) return exchange->respond(no_camera(id));
  json::Writer json;
  json.object([&] { json::write_members(json, *camera); });
  respond_json(*exchange, 200, json);
}

void Rest::pipeline_dot(const std::string& camera, const ExchangePtr& exchange) const {
  const auto dot = directory_.pipeline_dot(camera);
  if (!dot) return exchange->respond(dot.error());
  exchange->set_header("Cache-Control", "no-store");
  exchange->respond(200, "text/vnd.graphviz; charset=utf-8", *dot);
}

void Rest::pipeline_svg(const std::string& camera, const ExchangePtr& exchange) {
  const auto dot = directory_.pipeline_dot(camera);
  if (!dot) return exchange->respond(dot.error());
  exchange->wait({});
  graph_.draw(*dot, [exchange](const Result<std::string>& svg) {
    if (!svg && svg.error().code == Errc::not_found)
      return exchange->respond(Problem{501, "not_installed", svg.error().message, {}});
    if (!svg) return exchange->respond(svg.error());
    exchange->set_header("Cache-Control", "no-store");
    exchange->respond(200, "image/svg+xml", *svg);
  });
}

void Rest::when_refreshed(const ExchangePtr& exchange, std::function<void()> task) {
  exchange->wait({});
  refreshing_.push_back(std::move(task));
  if (refreshing_.size() > 1) return;
  directory_.refresh_stats([this, alive = std::weak_ptr{alive_}] {
    if (alive.expired()) return;
    for (const auto& ready : std::exchange(refreshing_, {})) ready();
  });
}

void Rest::sessions(const ExchangePtr& exchange) {
  when_refreshed(exchange, [this, exchange] {
    json::Writer json;
    json.object([&] {
      json.array("sessions", [&] {
        for (const session::Info& session : directory_.sessions())
          json.object([&] { json::write_members(json, session); });
      });
    });
    respond_json(*exchange, 200, json);
  });
}

void Rest::session(const std::string& id, const ExchangePtr& exchange) {
  exchange->wait({});
  directory_.refresh_stats(id, [this, alive = std::weak_ptr{alive_}, id, exchange] {
    if (alive.expired()) return;
    const session::Session* session = directory_.find(id);
    if (session == nullptr)
      return exchange->respond(Error{Errc::not_found, "there is no such session"});
    json::Writer json;
    json.object([&] { json::write_members(json, session->info()); });
    respond_json(*exchange, 200, json);
  });
}

void Rest::health(const ExchangePtr& exchange) const {
  respond_states(*exchange, 200, "ok", directory_.cameras());
}

void Rest::ready(const ExchangePtr& exchange) const {
  const auto cameras = directory_.cameras();
  // One that nobody watches and that connects on demand is not missed.
  const bool ready = std::all_of(cameras.begin(), cameras.end(), [](const auto& camera) {
    return camera.best.state == "live" ||
           (camera.best.state == "idle" && camera.best.pull == "on_demand");
  });
  respond_states(*exchange, ready ? 200 : 503, ready ? "ready" : "not ready", cameras);
}

} // namespace fanlight::http
