#include "json.h"

#include <charconv>

namespace fanlight::load {

JsonWriter& JsonWriter::open(std::string_view name, char bracket) {
  begin(name);
  text_ += bracket;
  open_ += bracket == '{' ? '}' : ']';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end() {
  const char bracket = open_.back();
  open_.pop_back();
  if (!first_) new_line();
  text_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::add(std::string_view name, std::string_view value) {
  begin(name);
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::add(std::string_view name, double value) {
  char digits[32];
  const auto written =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 3);
  return plain(name, {digits, written.ptr});
}

JsonWriter& JsonWriter::add(std::string_view name, bool value) {
  return plain(name, value ? "true" : "false");
}

JsonWriter& JsonWriter::plain(std::string_view name, std::string_view value) {
  begin(name);
  text_ += value;
  return *this;
}

void JsonWriter::begin(std::string_view name) {
  if (!first_) text_ += ',';
  if (!open_.empty()) new_line();
  first_ = false;
  if (name.empty()) return;
  quote(name);
  text_ += indent_ ? ": " : ":";
}

void JsonWriter::new_line() {
  if (!indent_) return;
  text_ += '\n';
  text_.append(2 * open_.size(), ' ');
}

void JsonWriter::quote(std::string_view value) {
  constexpr char kHex[] = "0123456789abcdef";
  text_ += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') text_ += '\\';
    if (byte >= 0x20)
      text_ += c;
    else
      (text_ += "\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
  }
  text_ += '"';
}

} // namespace fanlight::load
