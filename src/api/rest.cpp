#include "api/rest.h"

#include <charconv>
#include <optional>
#include <utility>

#include "api/views.h"
#include "cameras/refusals.h"
#include "config/request.h"

namespace fanlight::http {
namespace {

void respond_json(Exchange& exchange, int status, const json::Writer& json) {
  exchange.set_header("Cache-Control", "no-store");
  exchange.respond(status, "application/json", json.text());
}

void respond_json(Exchange& exchange, int status, GBytes* body) {
  exchange.set_header("Cache-Control", "no-store");
  exchange.respond(status, "application/json", body);
}

/// Bytes that share a text with others.
OwnedBytes share_text(std::shared_ptr<const std::string> text) {
  const std::string& shared = *text;
  return OwnedBytes{g_bytes_new_with_free_func(
      shared.data(), shared.size(),
      +[](gpointer held) { delete static_cast<std::shared_ptr<const std::string>*>(held); },
      new std::shared_ptr<const std::string>(std::move(text)))};
}

void respond_drawing(Exchange& exchange, const Result<std::string>& svg, GBytes* body) {
  if (!svg && svg.error().code == Errc::not_found)
    return exchange.respond(Problem{Failure::not_installed, svg.error()});
  if (!svg) return exchange.respond(svg.error());
  exchange.set_header("Cache-Control", "no-store");
  exchange.respond(200, "image/svg+xml", body);
}

/// `limit` of the query: 1 to `most`; `most` if it is absent. None: it is invalid.
std::optional<std::size_t> limit_of(const Exchange& exchange, std::size_t most) {
  const std::string text = exchange.query("limit");
  if (text.empty()) return most;
  std::size_t limit = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return {};
  return limit >= 1 && limit <= most ? std::optional{limit} : std::nullopt;
}

} // namespace

Rest::Rest(cameras::CameraDirectory& directory, session::Directory& sessions, CameraList& cameras,
           const Limits& limits)
    : directory_(directory), sessions_(sessions), cameras_(cameras), limits_(limits),
      graph_(limits), session_list_(sessions, limits) {}

void Rest::with_cameras(const ExchangePtr& exchange,
                        std::function<void(Exchange&, const CameraList::Texts&)> answer) {
  cameras_.get([exchange, answer = std::move(answer)](const CameraList::Texts& texts) {
    answer(*exchange, texts);
  });
  if (!exchange->answered()) exchange->wait({});
}

void Rest::cameras(const ExchangePtr& exchange) {
  with_cameras(exchange, [](Exchange& asked, const CameraList::Texts& texts) {
    respond_json(asked, 200, texts.list.get());
  });
}

void Rest::camera(const std::string& id, const ExchangePtr& exchange) const {
  const auto camera = directory_.camera(id);
  if (!camera) return exchange->respond(cameras::no_camera(id));
  json::Writer json;
  json.object([&] { json::write_members(json, *camera); });
  respond_json(*exchange, 200, json);
}

void Rest::pipeline_dot(const std::string& camera, const ExchangePtr& exchange) {
  exchange->wait({});
  directory_.draw_pipeline(camera, [exchange](const auto& dot) {
    if (!dot) return exchange->respond(dot.error());
    exchange->set_header("Cache-Control", "no-store");
    exchange->respond(200, "text/vnd.graphviz; charset=utf-8", share_text(*dot).get());
  });
}

void Rest::pipeline_svg(const std::string& camera, const ExchangePtr& exchange) {
  exchange->wait({});
  std::vector<ExchangePtr>& waiting = drawings_[camera];
  waiting.push_back(exchange);
  if (waiting.size() == 1) draw(camera);
}

void Rest::draw(const std::string& camera) {
  directory_.draw_pipeline(camera, [this, alive = std::weak_ptr{alive_}, camera](const auto& dot) {
    if (alive.expired()) return;
    if (!dot) return drawn(camera, [&dot](Exchange& asked) { asked.respond(dot.error()); });
    if ((*dot)->size() > limits_.graph_input)
      return drawn(camera, [](Exchange& asked) {
        asked.respond(Error{Errc::internal, "drawing the pipeline: it is too large for Graphviz; "
                                            "pipeline.dot works without Graphviz"});
      });
    graph_.draw(**dot, [this, alive, camera](const Result<std::string>& svg) {
      if (alive.expired()) return;
      const OwnedBytes body{svg ? g_bytes_new(svg->data(), svg->size()) : nullptr};
      drawn(camera, [&](Exchange& asked) { respond_drawing(asked, svg, body.get()); });
    });
  });
}

void Rest::drawn(const std::string& camera, const std::function<void(Exchange&)>& answer) {
  if (const auto waiting = drawings_.extract(camera))
    for (const ExchangePtr& exchange : waiting.mapped()) answer(*exchange);
}

void Rest::sessions(const ExchangePtr& exchange) {
  const auto limit = limit_of(*exchange, limits_.sessions);
  if (!limit)
    return exchange->respond(
        Error{Errc::invalid, "listing the sessions: limit must be an integer from 1 to " +
                                 std::to_string(limits_.sessions)});
  const std::string after = exchange->query("after");
  if (!after.empty() && !config::is_id(after))
    return exchange->respond(
        Error{Errc::invalid,
              "listing the sessions: after must be the value of next in the previous page"});
  exchange->wait({});
  session_list_.get(after, *limit, [exchange](const Result<GBytes*>& page) {
    if (!page) return exchange->respond(page.error());
    respond_json(*exchange, 200, *page);
  });
}

void Rest::session(const std::string& id, const ExchangePtr& exchange) {
  exchange->wait({});
  sessions_.refresh_stats(id, [this, alive = std::weak_ptr{alive_}, id, exchange] {
    if (alive.expired()) return;
    const session::Session* session = sessions_.find(id);
    if (session == nullptr)
      return exchange->respond(
          Error{Errc::not_found, Reason{"no_such_session"_reason, "there is no such session"}});
    json::Writer json;
    json.object([&] { json::write_members(json, session->info()); });
    respond_json(*exchange, 200, json);
  });
}

void Rest::health(const ExchangePtr& exchange) {
  with_cameras(exchange, [](Exchange& asked, const CameraList::Texts& texts) {
    respond_json(asked, 200, texts.health.get());
  });
}

void Rest::ready(const ExchangePtr& exchange) {
  with_cameras(exchange, [](Exchange& asked, const CameraList::Texts& texts) {
    respond_json(asked, texts.ready ? 200 : 503, texts.readiness.get());
  });
}

void Rest::server(const ExchangePtr& exchange) const {
  const LagRecord::Figures lag = lag_.figures();
  json::Writer json;
  json.object([&] {
    json.member("version", FANLIGHT_VERSION);
    json.member("cameras", static_cast<std::uint64_t>(directory_.camera_ids().size()));
    json.member("sessions", static_cast<std::uint64_t>(sessions_.session_count()));
    json.object("main_loop", [&] {
      json.member("longest_turn_ms_1m", lag.longest_turn_ms);
      json.member("lag_ms_p99_1m", lag.lag_p99_ms);
      json.member("turns", lag.turns);
      json.member("long_turns", lag.long_turns);
    });
  });
  respond_json(*exchange, 200, json);
}

} // namespace fanlight::http
