#include "api/settings.h"

#include <algorithm>
#include <utility>

#include "api/settings_json.h"
#include "base/log.h"
#include "cameras/refusals.h"
#include "config/request.h"

namespace fanlight::http {
namespace {

using config::Camera;

void respond_json(Exchange& exchange, int status, const json::Writer& json) {
  exchange.set_header("Cache-Control", "no-store");
  exchange.respond(status, "application/json", json.text());
}

template <typename T> void respond_members(Exchange& exchange, int status, const T& value) {
  json::Writer json;
  json.object([&] { json::write_members(json, value); });
  respond_json(exchange, status, json);
}

Problem wrong_keys(config::KeyErrors key_errors) {
  Problem problem{Failure::invalid, {}};
  for (config::KeyError& key_error : key_errors) {
    problem.detail.message += (problem.detail.empty() ? "" : "\n") + key_error.key +
                              (key_error.key.empty() ? "" : ": ") + key_error.why.message;
    problem.errors.push_back({std::move(key_error.key), std::move(key_error.why)});
  }
  return problem;
}

std::string place(const Camera& camera) {
  return camera.origin.file + ", line " + std::to_string(camera.origin.line);
}

json::OwnedNode object_node(JsonObject* members) {
  json::OwnedNode node{json_node_new(JSON_NODE_OBJECT)};
  json_node_take_object(node.get(), members);
  return node;
}

/// A copy that can be changed, unlike the parsed object.
JsonObject* copy_of(JsonNode* body) {
  JsonObject* const copy = json_object_new();
  JsonObject* const all = json_node_get_object(body);
  GList* const keys = json_object_get_members(all);
  for (GList* key = keys; key != nullptr; key = key->next) {
    const auto* name = static_cast<const char*>(key->data);
    json_object_set_member(copy, name, json_object_dup_member(all, name));
  }
  g_list_free(keys);
  return copy;
}

/// The camera of the id, whether or not that was sent with its settings.
std::string with_id(JsonNode* body, const std::string& id) {
  JsonObject* const members = copy_of(body);
  const json::OwnedNode camera = object_node(members);
  if (!json_object_has_member(members, "id"))
    json_object_set_string_member(members, "id", id.c_str());
  return take_text(json_to_string(camera.get(), TRUE));
}

/// The stream that is to be tested as a camera of that one stream.
std::string as_camera(JsonNode* body) {
  JsonObject* const stream = copy_of(body);
  JsonObject* const members = json_object_new();
  const json::OwnedNode camera = object_node(members);
  for (const char* name : {"codecs", "audio"}) {
    if (!json_object_has_member(stream, name)) continue;
    json_object_set_member(members, name, json_object_dup_member(stream, name));
    json_object_remove_member(stream, name);
  }
  json_object_remove_member(stream, "camera");
  if (!json_object_has_member(stream, "id")) json_object_set_string_member(stream, "id", "main");
  json_object_set_string_member(members, "id", "test");
  JsonArray* const streams = json_array_new();
  json_array_add_object_element(streams, stream);
  json_object_set_array_member(members, "streams", streams);
  return take_text(json_to_string(camera.get(), TRUE));
}

} // namespace

json::OwnedNode Settings::body(const ExchangePtr& exchange) const {
  const auto refuse = [&exchange](Problem problem) {
    exchange->respond(problem);
    return json::OwnedNode{};
  };
  // A form on another page cannot send this type without a preflight.
  if (exchange->content_type() != "application/json")
    return refuse({Failure::wrong_type, {"json_type"_reason, "the body must be application/json"}});
  const auto text = exchange->read_body();
  if (!text) return json::OwnedNode{};
  auto object = json::parse_object(*text);
  if (!object) return refuse(problem_of(object.error()));
  return std::move(*object);
}

const Camera* Settings::find(const std::string& id, const ExchangePtr& exchange) const {
  const auto found = std::find_if(cameras().begin(), cameras().end(),
                                  [&id](const Camera& camera) { return camera.id == id; });
  if (found != cameras().end()) return &*found;
  exchange->respond(cameras::no_camera(id));
  return nullptr;
}

const Camera* Settings::find_managed(const std::string& id, const ExchangePtr& exchange) const {
  const Camera* camera = find(id, exchange);
  if (camera == nullptr || camera->origin.managed) return camera;
  exchange->respond(
      Problem{Failure::not_managed,
              {"camera_elsewhere"_reason,
               "camera {camera} is configured in {place}; change it there, and the server reloads "
               "the file by itself",
               {{"camera", id}, {"place", place(*camera)}}}});
  return nullptr;
}

std::optional<Camera> Settings::read(const std::string& json, const Camera* before,
                                     const ExchangePtr& exchange) const {
  auto read = config::read_request(json, before);
  if (auto* key_errors = std::get_if<config::KeyErrors>(&read)) {
    exchange->respond(wrong_keys(std::move(*key_errors)));
    return std::nullopt;
  }
  Camera& camera = std::get<Camera>(read);
  config::KeyErrors key_errors;
  for (std::size_t i = 0; i < camera.streams.size(); ++i)
    if (const Camera* other = config::find_url(store_.current(), camera.streams[i].url, camera.id))
      key_errors.push_back(
          {"streams[" + std::to_string(i) + "].url",
           {"url_taken"_reason,
            "is already a URL of camera {camera} ({place}); remove one of them, because any number "
            "of viewers can share a stream",
            {{"camera", other->id}, {"place", place(*other)}}}});
  if (key_errors.empty()) return std::move(camera);
  exchange->respond(wrong_keys(std::move(key_errors)));
  return std::nullopt;
}

std::optional<config::Diff> Settings::change(std::vector<Camera> cameras,
                                             const ExchangePtr& exchange) {
  return changed(store_.change(std::move(cameras)), exchange);
}

std::optional<config::Diff> Settings::changed(Result<config::Diff> diff,
                                              const ExchangePtr& exchange) {
  if (diff) {
    log::info("http", {{"client", exchange->remote_address()}},
              diff->changes_cameras() ? "the cameras were changed"
                                      : "the request does not change the cameras");
    return std::move(*diff);
  }
  if (diff.error().code == Errc::internal)
    exchange->respond(Problem{Failure::not_writable, diff.error()});
  else if (diff.error().code == Errc::conflict)
    exchange->respond(Problem{Failure::changed_by_hand, diff.error()});
  else
    exchange->respond(diff.error());
  return std::nullopt;
}

namespace {

std::vector<WrongKey> errors_of(const config::Mistake& mistake) {
  std::vector<WrongKey> errors;
  for (const config::Diagnostic& diagnostic : mistake.diagnostics)
    errors.push_back({diagnostic.key, diagnostic.why, mistake.file, diagnostic.line});
  return errors;
}

void write_mistake(json::Writer& json, const std::optional<config::Mistake>& mistake) {
  if (!mistake) return json.null("configuration_error");
  json.object("configuration_error", [&] {
    json.member("file", mistake->file);
    if (mistake->line > 0)
      json.member("line", mistake->line);
    else
      json.null("line");
    json.member("message", static_cast<const Reason&>(mistake->error));
    const std::vector<WrongKey> errors = errors_of(*mistake);
    if (!errors.empty()) write_errors(json, errors);
  });
}

} // namespace

void Settings::all(const ExchangePtr& exchange) const {
  json::Writer json;
  json.object([&] {
    json.member("config_file", store_.config_file());
    json.member("cameras_file", store_.cameras_file());
    json::write_words(json, "needs_restart", store_.needs_restart());
    write_mistake(json, store_.mistake());
    json.array("cameras", [&] {
      for (const Camera& camera : cameras())
        json.object([&] { json::write_members(json, camera); });
    });
  });
  respond_json(*exchange, 200, json);
}

void Settings::one(const std::string& id, const ExchangePtr& exchange) const {
  if (const Camera* camera = find(id, exchange)) respond_members(*exchange, 200, *camera);
}

void Settings::create(const ExchangePtr& exchange) {
  const auto object = body(exchange);
  if (!object) return;
  auto camera = read(take_text(json_to_string(object.get(), TRUE)), nullptr, exchange);
  if (!camera) return;
  const std::string id = camera->id;
  for (const Camera& other : cameras())
    if (other.id == id)
      return exchange->respond(Problem{Failure::camera_exists,
                                       {"camera_exists"_reason,
                                        "camera {camera} already exists ({place})",
                                        {{"camera", id}, {"place", place(other)}}}});
  if (cameras().size() >= limits_.cameras)
    return exchange->respond(Problem{Failure::too_many,
                                     {"many_cameras"_reason,
                                      "the server has reached its limit of {limit} cameras",
                                      {{"limit", limits_.cameras}}}});
  auto wanted = cameras();
  wanted.push_back(std::move(*camera));
  if (!change(std::move(wanted), exchange)) return;
  exchange->set_header("Location", "/api/cameras/" + id + "/settings");
  if (const Camera* created = find(id, exchange)) respond_members(*exchange, 201, *created);
}

void Settings::replace(const std::string& id, const ExchangePtr& exchange) {
  const auto object = body(exchange);
  if (!object) return;
  const Camera* before = find_managed(id, exchange);
  if (before == nullptr) return;
  if (json::member(object.get(), "id") != nullptr &&
      json::string_member(object.get(), "id").value_or("") != id)
    return exchange->respond(
        wrong_keys({{"id",
                     {"id_fixed"_reason,
                      "is part of the camera's address and must stay {camera}; to change it, "
                      "remove the camera and add it again",
                      {{"camera", id}}}}}));
  const auto camera = read(with_id(object.get(), id), before, exchange);
  if (!camera) return;
  auto wanted = cameras();
  for (Camera& known : wanted)
    if (known.id == id) known = *camera;
  const auto diff = change(std::move(wanted), exchange);
  if (!diff) return;
  const Camera* now = find(id, exchange);
  if (now == nullptr) return;
  json::Writer json;
  json.object([&] {
    json::write_members(json, *now);
    json.member("change", !diff->rebuilt.empty()    ? "rebuilt"
                          : !diff->adjusted.empty() ? "adjusted"
                                                    : "none");
  });
  respond_json(*exchange, 200, json);
}

void Settings::remove(const std::string& id, const ExchangePtr& exchange) {
  if (find_managed(id, exchange) == nullptr) return;
  auto wanted = cameras();
  std::erase_if(wanted, [&id](const Camera& camera) { return camera.id == id; });
  if (change(std::move(wanted), exchange)) exchange->respond(204);
}

void Settings::order(const ExchangePtr& exchange) {
  const auto object = body(exchange);
  if (!object) return;
  auto ids = json::texts_member(object.get(), "ids");
  if (ids && ids->size() != cameras().size()) ids.reset(); // Before any camera is copied.
  std::vector<Camera> wanted;
  for (const std::string& id : ids.value_or(std::vector<std::string>{})) {
    const auto found = std::find_if(cameras().begin(), cameras().end(),
                                    [&id](const Camera& camera) { return camera.id == id; });
    if (found != cameras().end()) wanted.push_back(*found);
  }
  const bool once =
      ids && wanted.size() == cameras().size() &&
      std::all_of(cameras().begin(), cameras().end(), [&wanted](const Camera& camera) {
        return std::count_if(wanted.begin(), wanted.end(),
                             [&camera](const Camera& other) { return other.id == camera.id; }) == 1;
      });
  if (!once)
    return exchange->respond(
        Problem{Failure::bad_order,
                {"bad_order"_reason, "ids must be a list of the ids of all cameras, each once"}});
  if (!change(std::move(wanted), exchange)) return;
  json::Writer json;
  json.object([&] { json::write_words(json, "ids", *ids); });
  respond_json(*exchange, 200, json);
}

void Settings::test(const ExchangePtr& exchange) {
  const auto object = body(exchange);
  if (!object) return;
  const Camera* before = nullptr;
  if (const auto of = json::string_member(object.get(), "camera")) {
    if (!config::is_id(*of)) return exchange->respond(cameras::no_such_camera());
    if ((before = find(*of, exchange)) == nullptr) return;
  }
  if (tests_ >= limits_.tests)
    return exchange->respond(
        Error{Errc::busy,
              Reason{"tests_busy"_reason, "the server is testing other cameras; try again later"}});

  auto read = config::read_request(as_camera(object.get()), before);
  if (auto* key_errors = std::get_if<config::KeyErrors>(&read)) {
    constexpr std::string_view kPath = "streams[0].";
    for (config::KeyError& key_error : *key_errors)
      if (key_error.key.starts_with(kPath)) key_error.key.erase(0, kPath.size());
    return exchange->respond(wrong_keys(std::move(*key_errors)));
  }
  const auto started = directory_.probe(
      std::get<Camera>(read), [this, alive = std::weak_ptr{alive_}, exchange](const auto& found) {
        if (alive.expired()) return;
        --tests_;
        respond_members(*exchange, 200, found);
      });
  if (started) {
    ++tests_;
    exchange->wait({});
  } else {
    exchange->respond(started.error());
  }
}

void Settings::reload(const ExchangePtr& exchange) {
  const auto diff = store_.reload();
  if (diff) return respond_members(*exchange, 200, *diff);
  const Errc code = diff.error().code;
  if (code == Errc::invalid || code == Errc::not_found)
    return exchange->respond(
        Problem{Failure::bad_configuration, diff.error(),
                store_.mistake() ? errors_of(*store_.mistake()) : std::vector<WrongKey>{}});
  exchange->respond(diff.error());
}

} // namespace fanlight::http
