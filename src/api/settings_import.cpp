#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/settings.h"
#include "api/settings_json.h"
#include "base/main_loop.h"
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

struct Settings::Importing {
  Importing(ImportRequest of_client, ExchangePtr to_answer)
      : request(std::move(of_client)), exchange(std::move(to_answer)) {}

  const ImportRequest request;
  const ExchangePtr exchange;
  std::atomic<bool> client_left = false; ///< Read by the worker.
};

/// What the worker has made of a request.
struct Settings::Reading {
  Import import;
  std::optional<Result<config::Draft>> draft; ///< None: nothing is to be saved.

  /// Any thread.
  static Reading of(const ImportRequest& request, const std::vector<config::Camera>& cameras,
                    std::size_t limit, const config::Drafter& drafter);
};

Settings::Reading Settings::Reading::of(const ImportRequest& request,
                                        const std::vector<config::Camera>& cameras,
                                        std::size_t limit, const config::Drafter& drafter) {
  Reading reading{config::read_import(request.yaml, request.remove, cameras, limit), {}};
  Import& import = reading.import;
  if (import.wanted.size() > limit && import.wanted.size() > cameras.size())
    import.errors.push_back({"",
                             {"too_many_cameras"_reason,
                              "the server would have {count} cameras; its limit is {limit}",
                              { {"count", import.wanted.size()},
                                { "limit",
                                  limit } }},
                             0});
  if (!request.dry_run && import.ok()) reading.draft = drafter(std::move(import.wanted));
  return reading;
}

void Settings::import(const ExchangePtr& exchange) {
  const auto object = body(exchange);
  if (!object) return;
  auto request = request_of(object.get());
  if (!request)
    return exchange->respond(
        Problem{Failure::invalid,
                {"import_members"_reason,
                 "yaml must be text, remove a list of ids, and dry_run true or false"}});
  if (imports_ >= limits_.imports)
    return exchange->respond(Error{Errc::busy, Reason{"imports_busy"_reason,
                                                      "the server is working on other imports; try "
                                                      "again later"}});
  const auto importing = std::make_shared<Importing>(std::move(*request), exchange);
  exchange->wait([weak = std::weak_ptr{importing}] {
    if (const auto left = weak.lock()) left->client_left = true;
  });
  ++imports_;
  work_out(importing);
}

void Settings::work_out(std::shared_ptr<const Importing> importing) {
  const std::uint64_t revision = store_.revision(); // Before the drafter of it.
  // A thousand cameras would hold main for a third of a second.
  worker_.push([this, importing = std::move(importing), revision, cameras = cameras(),
                limit = limits_.cameras, drafter = store_.drafter(),
                alive = std::weak_ptr{alive_}]() mutable {
    std::shared_ptr<Reading> reading; // Null: the client has left.
    if (!importing->client_left)
      reading = std::make_shared<Reading>(Reading::of(importing->request, cameras, limit, drafter));
    // Moved, because the worker must not be the last that holds the exchange.
    post([this, importing = std::move(importing), revision, reading = std::move(reading),
          alive = std::move(alive)] {
      if (alive.expired()) return;
      // The configuration has changed meanwhile.
      if (reading && store_.revision() != revision) return work_out(importing);
      --imports_;
      if (reading) finish(*importing, *reading);
    });
  });
}

void Settings::finish(const Importing& importing, Reading& reading) {
  const auto& request = importing.request;
  const auto& exchange = importing.exchange;
  if (!request.dry_run) {
    if (!reading.draft) return exchange->respond(problem_of(reading.import));
    auto diff = *reading.draft ? store_.change(std::move(**reading.draft))
                               : Result<config::Diff>{reading.draft->error()};
    if (!changed(std::move(diff), exchange)) return;
  }
  exchange->set_header("Cache-Control", "no-store");
  exchange->respond(200, "application/json", report(reading.import, !request.dry_run));
}

} // namespace fanlight::http
