#include "http/json.h"

#include <cmath>

#include "http/json_check.h"

namespace fanlight::http::json {
namespace {

std::string utf8(std::string_view text) {
  if (g_utf8_validate_len(text.data(), text.size(), nullptr)) return std::string{text};
  return take_text(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
}

} // namespace

void Writer::object(const std::function<void()>& members) {
  json_builder_begin_object(builder_.get());
  members();
  json_builder_end_object(builder_.get());
}

void Writer::object(const char* name, const std::function<void()>& members) {
  json_builder_set_member_name(builder_.get(), name);
  object(members);
}

void Writer::array(const char* name, const std::function<void()>& elements) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_begin_array(builder_.get());
  elements();
  json_builder_end_array(builder_.get());
}

void Writer::member(const char* name, std::string_view value) {
  json_builder_set_member_name(builder_.get(), name);
  element(value);
}

void Writer::member(const char* name, double value) {
  json_builder_set_member_name(builder_.get(), name);
  // JSON has no NaN and no infinity.
  json_builder_add_double_value(builder_.get(), std::isfinite(value) ? value : 0);
}

void Writer::member(const char* name, std::int64_t value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_int_value(builder_.get(), value);
}

void Writer::member(const char* name, bool value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_boolean_value(builder_.get(), value);
}

void Writer::member(const char* name, const Reason& reason) {
  member(name, reason.message);
  if (reason.id.empty()) return;
  member((std::string{name} + "_code").c_str(), reason.id);
  if (reason.values.empty()) return;
  object((std::string{name} + "_values").c_str(), [&] {
    for (const Reason::Value& value : reason.values) {
      if (const auto* reasons = std::get_if<std::vector<Reason>>(&value.value))
        array(value.name.c_str(), [&] {
          for (const Reason& part : *reasons) object([&] { member("message", part); });
        });
      else if (const auto* number = std::get_if<std::int64_t>(&value.value))
        member(value.name.c_str(), *number);
      else
        member(value.name.c_str(), std::get<std::string>(value.value));
    }
  });
}

void Writer::null(const char* name) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_null_value(builder_.get());
}

void Writer::element(std::string_view value) {
  json_builder_add_string_value(builder_.get(), utf8(value).c_str());
}

std::string Writer::text() const {
  const OwnedNode root{json_builder_get_root(builder_.get())};
  return take_text(json_to_string(root.get(), FALSE));
}

Result<OwnedNode> parse_object(std::string_view text) {
  if (const auto wrong = check(text))
    return Error{Errc::invalid, "the message is not JSON: " + wrong->message()};
  const Owned<JsonParser> parser{json_parser_new_immutable()};
  // The parser's own error message would repeat the client's text, so it is not used.
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  nullptr))
    return Error{Errc::invalid, "the message is not JSON"};
  OwnedNode root{json_parser_steal_root(parser.get())};
  if (!root || !JSON_NODE_HOLDS_OBJECT(root.get()))
    return Error{Errc::invalid, "the message is not a JSON object"};
  return root;
}

JsonNode* member(JsonNode* object, const char* name) {
  return json_object_get_member(json_node_get_object(object), name);
}

std::optional<std::string> string_member(JsonNode* object, const char* name) {
  JsonNode* node = member(object, name);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_STRING) return {};
  return std::string{json_node_get_string(node)};
}

std::optional<std::int64_t> integer_member(JsonNode* object, const char* name) {
  JsonNode* node = member(object, name);
  if (node == nullptr || json_node_get_value_type(node) != G_TYPE_INT64) return {};
  return json_node_get_int(node);
}

std::optional<std::vector<std::string>> texts_member(JsonNode* object, const char* name) {
  JsonNode* const list = member(object, name);
  if (list == nullptr || !JSON_NODE_HOLDS_ARRAY(list)) return {};
  JsonArray* const array = json_node_get_array(list);
  std::vector<std::string> texts;
  for (guint i = 0; i < json_array_get_length(array); ++i) {
    JsonNode* const element = json_array_get_element(array, i);
    if (json_node_get_value_type(element) != G_TYPE_STRING) return {};
    texts.emplace_back(json_node_get_string(element));
  }
  return texts;
}

} // namespace fanlight::http::json
