#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/settings.h"
#include "api/settings_json.h"
#include "config/import.h"

namespace fanlight::http {
namespace {

using config::Import;
using config::ImportedCamera;
using config::ImportError;

/// What a client asks for.
struct ImportRequest {
  std::string yaml;
  std::vector<std::string> remove;
  bool dry_run = false;
};

/// None if a member has the wrong type.
std::optional<ImportRequest> request_of(JsonNode* body) {
  ImportRequest request;
  if (JsonNode* const yaml = json::member(body, "yaml")) {
    if (json_node_get_value_type(yaml) != G_TYPE_STRING) return std::nullopt;
    request.yaml = json_node_get_string(yaml);
  }
  if (JsonNode* const dry_run = json::member(body, "dry_run")) {
    if (json_node_get_value_type(dry_run) != G_TYPE_BOOLEAN) return std::nullopt;
    request.dry_run = json_node_get_boolean(dry_run) == TRUE;
  }
  if (json::member(body, "remove") == nullptr) return request;
  auto ids = json::texts_member(body, "remove");
  if (!ids) return std::nullopt;
  request.remove = std::move(*ids);
  return request;
}

/// `path`: of their camera, for a client that does not get the cameras one by one.
std::vector<WrongKey> keys_of(const std::vector<ImportError>& errors, const std::string& path) {
  std::vector<WrongKey> keys;
  for (const ImportError& error : errors) {
    const std::string key = path + (path.empty() || error.key.empty() ? "" : ".") + error.key;
    keys.push_back({.key = key, .why = error.why, .line = error.line});
  }
  return keys;
}

void add_errors(Problem& problem, const std::vector<ImportError>& errors, const std::string& path) {
  for (const ImportError& error : errors) {
    const std::string line = error.line > 0 ? "line " + std::to_string(error.line) + ": " : "";
    problem.detail.message += (problem.detail.empty() ? "" : "\n") + line + error.key +
                              (error.key.empty() ? "" : ": ") + error.why.message;
  }
  std::ranges::move(keys_of(errors, path), std::back_inserter(problem.errors));
}

Problem problem_of(const Import& import) {
  Problem problem{Failure::invalid, {}};
  add_errors(problem, import.errors, "");
  for (std::size_t i = 0; i < import.cameras.size(); ++i)
    add_errors(problem, import.cameras[i].errors, "cameras[" + std::to_string(i) + "]");
  return problem;
}

std::string report(const Import& import, bool saved) {
  json::Writer json;
  json.object([&] {
    json.member("saved", saved);
    write_errors(json, keys_of(import.errors, ""));
    json.array("cameras", [&] {
      for (const ImportedCamera& camera : import.cameras)
        json.object([&] {
          json.member("id", camera.id);
          json.member("name", camera.name);
          json.member("line", camera.line);
          json.member("change", to_string(camera.change));
          write_errors(json, keys_of(camera.errors, ""));
        });
    });
  });
  return json.text();
}

} // namespace

void Settings::import(const ExchangePtr& exchange) {
  const auto object = body(exchange);
  if (!object) return;
  const auto request = request_of(object.get());
  if (!request)
    return exchange->respond(
        Problem{Failure::invalid,
                {"import_members"_reason,
                 "yaml must be text, remove a list of ids, and dry_run true or false"}});
  Import import = config::read_import(request->yaml, request->remove, cameras(), limits_.cameras);
  if (import.wanted.size() > limits_.cameras && import.wanted.size() > cameras().size())
    import.errors.push_back({"",
                             {"too_many_cameras"_reason,
                              "the server would have {count} cameras; its limit is {limit}",
                              { {"count", import.wanted.size()},
                                { "limit",
                                  limits_.cameras } }},
                             0});
  if (!request->dry_run) {
    if (!import.ok()) return exchange->respond(problem_of(import));
    if (!change(std::move(import.wanted), exchange)) return;
  }
  exchange->set_header("Cache-Control", "no-store");
  exchange->respond(200, "application/json", report(import, !request->dry_run));
}

} // namespace fanlight::http
