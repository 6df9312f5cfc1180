#include "load/signalling/json.h"

#include <algorithm>
#include <charconv>

namespace fanlight::load {
namespace {

/// Where the value of the first member of this name begins; npos if there is none.
std::size_t find_value(const std::string& text, const std::string& name) {
  const std::string key = "\"" + name + "\"";
  for (auto at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
    const auto colon = text.find_first_not_of(" \t\r\n", at + key.size());
    if (colon != text.npos && text[colon] == ':')
      return text.find_first_not_of(" \t\r\n", colon + 1);
  }
  return text.npos;
}

char unescaped(char c) {
  switch (c) {
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  default: return c;
  }
}

} // namespace

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

std::string json_string(const std::string& text, const std::string& name) {
  std::string value;
  auto at = find_value(text, name);
  if (at == text.npos || text[at] != '"') return value;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      value += text[at];
    } else if (text[++at] != 'u') {
      value += unescaped(text[at]);
    } else { // Text outside ASCII is not needed here.
      unsigned code = '?';
      std::from_chars(text.data() + at + 1, text.data() + std::min(at + 5, text.size()), code, 16);
      value += code < 0x80 ? static_cast<char>(code) : '?';
      at += 4;
    }
  }
  return value;
}

std::uint64_t json_number(const std::string& text, const std::string& name) {
  std::uint64_t value = 0;
  if (const auto at = find_value(text, name); at != text.npos)
    std::from_chars(text.data() + at, text.data() + text.size(), value);
  return value;
}

} // namespace fanlight::load
