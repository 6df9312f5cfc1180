#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace fanlight::load {

/// Writes one JSON document, member by member.
class JsonWriter {
 public:
  /// `indent`: over several lines, for people.
  explicit JsonWriter(bool indent) : indent_(indent) {}

  /// Empty name: an element of an array, or the whole document.
  JsonWriter& object(std::string_view name = {}) { return open(name, '{'); }
  JsonWriter& array(std::string_view name = {}) { return open(name, '['); }
  /// Ends the object or array.
  JsonWriter& end();

  JsonWriter& add(std::string_view name, std::string_view value);
  JsonWriter& add(std::string_view name, const char* value) {
    return add(name, std::string_view{value});
  }
  JsonWriter& add(std::string_view name, double value);
  JsonWriter& add(std::string_view name, bool value);
  JsonWriter& add(std::string_view name, std::integral auto value) {
    return plain(name, std::to_string(value));
  }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& open(std::string_view name, char bracket);
  JsonWriter& plain(std::string_view name, std::string_view value);
  void begin(std::string_view name);
  void new_line();
  void quote(std::string_view value);

  const bool indent_;
  std::string text_;
  std::string open_; ///< The brackets that are still open.
  bool first_ = true;
};

/// The first string or number of this name, at any depth; "" or 0 if there is none. Sufficient for
/// the short answers of servers.
std::string json_string(const std::string& text, const std::string& name);
std::uint64_t json_number(const std::string& text, const std::string& name);

} // namespace fanlight::load
