#include "api/layouts.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace fanlight::http {
namespace {

using layouts::Layout;
using layouts::LayoutStore;

constexpr glong kLongestName = 80;              ///< Characters.
constexpr std::size_t kMostContent = 16 * 1024; ///< Bytes.
constexpr std::size_t kFingerprintDigits = 16;

std::string json_of(const Layout& layout) {
  json::Writer json;
  json.object([&] {
    json.member("id", layout.id);
    json.member("name", layout.name);
    json.member("revision", layout.revision);
  });
  std::string text = json.text();
  text.pop_back(); // The brace: what the page has written is JSON already.
  return text + ",\"layout\":" + layout.content + '}';
}

std::string etag_of(const Layout& layout) { return '"' + std::to_string(layout.revision) + '"'; }

/// The revision that an ETag stands for; 0: none.
std::int64_t revision_in(std::string_view etag) {
  std::int64_t revision = 0;
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return 0;
  const char* const end = etag.data() + etag.size() - 1;
  const auto [at, failure] = std::from_chars(etag.data() + 1, end, revision);
  return failure == std::errc{} && at == end && revision > 0 ? revision : 0;
}

bool is_name(const std::string& name) {
  return !name.empty() && name.front() != ' ' && name.back() != ' ' &&
         g_utf8_strlen(name.c_str(), -1) <= kLongestName &&
         std::ranges::none_of(name, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

Problem problem_with(const Error& error) {
  if (error.id == "layout_exists") return {Failure::layout_exists, error};
  if (error.id == "many_layouts") return {Failure::too_many, error};
  return problem_of(error);
}

} // namespace

Layouts::Layouts(LayoutStore& store)
    : store_(store), observation_(store.observe([this] { write_all(); })) {
  write_all();
}

void Layouts::write_all() {
  std::string list;
  for (const Layout& layout : store_.all()) list += (list.empty() ? "" : ",") + json_of(layout);
  list_ = "{\"layouts\":[" + list + "]}";
  if (store_.not_stored()) return;
  fingerprint_ = take_text(g_compute_checksum_for_string(G_CHECKSUM_SHA256, list_.data(),
                                                         static_cast<gssize>(list_.size())))
                     .substr(0, kFingerprintDigits);
}

void Layouts::all(const ExchangePtr& exchange) const {
  exchange->set_header("Cache-Control", "no-cache");
  if (fingerprint_.empty()) return exchange->respond(200, "application/json", list_);
  const std::string etag = '"' + fingerprint_ + '"';
  exchange->set_header("ETag", etag);
  if (exchange->header("If-None-Match") == etag) return exchange->respond(304);
  exchange->respond(200, "application/json", list_);
}

void Layouts::one(const std::string& id, const ExchangePtr& exchange) const {
  const Layout* layout = store_.find(id);
  if (layout == nullptr)
    return exchange->respond(
        Error{Errc::not_found,
              Reason{"unknown_layout"_reason, "there is no layout {layout}", {{"layout", id}}}});
  exchange->set_header("Cache-Control", "no-cache");
  exchange->set_header("ETag", etag_of(*layout));
  exchange->respond(200, "application/json", json_of(*layout));
}

std::optional<Layout> Layouts::read(const ExchangePtr& exchange) const {
  const auto refuse = [&exchange](Problem problem) -> std::optional<Layout> {
    exchange->respond(problem);
    return std::nullopt;
  };
  // A form on another page cannot send this type without a preflight.
  if (exchange->content_type() != "application/json")
    return refuse({Failure::wrong_type, {"json_type"_reason, "the body must be application/json"}});
  const auto text = exchange->read_body();
  if (!text) return std::nullopt;
  const auto object = json::parse_object(*text);
  if (!object) return refuse(problem_of(object.error()));
  Layout layout;
  layout.name = json::string_member(object->get(), "name").value_or("");
  if (!is_name(layout.name)) {
    const Reason why{"layout_name"_reason,
                     "must have 1 to {limit} characters, without spaces at the ends",
                     {{"limit", kLongestName}}};
    return refuse({Failure::invalid, why, {{"name", why}}});
  }
  JsonNode* const content = json::member(object->get(), "layout");
  if (content != nullptr && JSON_NODE_HOLDS_OBJECT(content))
    layout.content = take_text(json_to_string(content, FALSE));
  if (layout.content.empty() || layout.content.size() > kMostContent) {
    const Reason why{"layout_content"_reason,
                     "must be a JSON object of at most {limit} bytes",
                     {{"limit", kMostContent}}};
    return refuse({Failure::invalid, why, {{"layout", why}}});
  }
  return layout;
}

std::optional<std::int64_t> Layouts::revision_of(const ExchangePtr& exchange) const {
  const std::string etag = exchange->header("If-Match");
  if (etag == "*") return 0;
  if (const std::int64_t revision = revision_in(etag); revision > 0) return revision;
  exchange->respond(
      Problem{Failure::no_if_match,
              {"layout_if_match"_reason, "the request needs If-Match: the ETag of the layout"}});
  return std::nullopt;
}

LayoutStore::Changed Layouts::answer(const ExchangePtr& exchange, int status) const {
  exchange->wait({});
  return [exchange, status](const Result<Layout>& result) {
    if (!result) return exchange->respond(problem_with(result.error()));
    log::info("http", {{"client", exchange->remote_address()}, {"layout", result->id}},
              "the layouts were changed");
    if (status == 204) return exchange->respond(status);
    if (status == 201) exchange->set_header("Location", "/api/layouts/" + result->id);
    exchange->set_header("ETag", etag_of(*result));
    exchange->respond(status, "application/json", json_of(*result));
  };
}

void Layouts::create(const ExchangePtr& exchange) {
  auto layout = read(exchange);
  if (!layout) return;
  store_.add(std::move(*layout), answer(exchange, 201));
}

void Layouts::replace(const std::string& id, const ExchangePtr& exchange) {
  auto layout = read(exchange);
  if (!layout) return;
  layout->id = id;
  if (exchange->header("If-None-Match") == "*")
    return store_.add(std::move(*layout), answer(exchange, 201));
  const auto revision = revision_of(exchange);
  if (!revision) return;
  const Layout* const now = store_.find(id);
  layout->revision = *revision == 0 && now != nullptr ? now->revision : *revision;
  store_.replace(std::move(*layout), answer(exchange, 200));
}

void Layouts::remove(const std::string& id, const ExchangePtr& exchange) {
  const auto revision = revision_of(exchange);
  if (revision) store_.remove(id, *revision, answer(exchange, 204));
}

} // namespace fanlight::http
