#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <json-glib/json-glib.h>

#include "base/reason.h"
#include "base/result.h"
#include "http/owned.h"

namespace fanlight::http::json {

/// Writes one JSON document. Repairs text that is not UTF-8, such as a name that a camera sent.
class Writer {
 public:
  Writer() : builder_(json_builder_new()) {}

  void object(const std::function<void()>& members);
  void object(const char* name, const std::function<void()>& members);
  void array(const char* name, const std::function<void()>& elements);
  void member(const char* name, std::string_view value);
  void member(const char* name, const std::string& value) { member(name, std::string_view{value}); }
  void member(const char* name, const char* value) { member(name, std::string_view{value}); }
  void member(const char* name, double value);
  void member(const char* name, bool value);
  void member(const char* name, std::int64_t value);
  void member(const char* name, int value) { member(name, std::int64_t{value}); }
  void member(const char* name, std::uint32_t value) { member(name, std::int64_t{value}); }
  void member(const char* name, std::uint64_t value) {
    member(name, static_cast<std::int64_t>(value));
  }
  /// Its message; then, in `<name>_code` and `<name>_values`, what a page needs to say it in
  /// another language. A reason that has no code, or no values, has no such members.
  void member(const char* name, const Reason& reason);
  void null(const char* name);
  void element(std::string_view value);

  std::string text() const;

 private:
  const Owned<JsonBuilder> builder_;
};

using OwnedNode = Owned<JsonNode, json_node_unref>;

/// Reads a JSON object from an untrusted client. Every text goes through check() first: json-glib's
/// parser accepts more than JSON and has no limits. Errc::invalid with the reason.
Result<OwnedNode> parse_object(std::string_view text);

/// The member, if it is a string.
std::optional<std::string> string_member(JsonNode* object, const char* name);
/// The member, if it is an integer.
std::optional<std::int64_t> integer_member(JsonNode* object, const char* name);
/// The member, if it is a list of strings.
std::optional<std::vector<std::string>> texts_member(JsonNode* object, const char* name);
/// Null if absent.
JsonNode* member(JsonNode* object, const char* name);

} // namespace fanlight::http::json
