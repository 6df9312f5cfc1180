#include "base/log_line.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "base/credentials.h"

namespace fanlight::log {
namespace {

/// Length of the UTF-8 sequence at the start of `text`, 0 if it is broken (RFC 3629: no overlong
/// forms, no surrogates, nothing above U+10FFFF), and the code point it means.
std::size_t utf8_length(std::string_view text, char32_t& code) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80    ? 1
                             : lead < 0xc2  ? 0
                             : lead < 0xe0  ? 2
                             : lead < 0xf0  ? 3
                             : lead <= 0xf4 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  code = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0U) != 0x80) return 0;
    code = (code << 6U) | (byte(at) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return overlong || surrogate || code > 0x10ffff ? 0 : length;
}

/// Characters that move the cursor, break the line or change its direction, in some terminal or
/// editor.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/// The usual characters, which need no decoding.
bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }

template <typename... Args> void append_format(std::string& out, const char* format, Args... args) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, args...);
  out += buffer.data();
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_length(text, code);
    if (length == 0) {
      out += "\\ufffd";
    } else if (code == '"' || code == '\\') {
      out += '\\';
      out += text[0];
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (is_control(code)) { // All of them are in the basic plane.
      append_format(out, "\\u%04x", static_cast<unsigned>(code));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out += ',';
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
}

/// A value that reads as one word stays as it is; any other is quoted.
std::string word_or_quoted(std::string_view value) {
  if (!value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos)
    return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out += '"';
}

} // namespace

const char* to_string(Level level) {
  switch (level) {
  case Level::error: return "error";
  case Level::warning: return "warning";
  case Level::info: return "info";
  case Level::debug: return "debug";
  }
  return "?";
}

std::string iso_time(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const std::time_t seconds = system_clock::to_time_t(floor<std::chrono::seconds>(time));
  const auto ms = duration_cast<milliseconds>(time - floor<std::chrono::seconds>(time)).count();
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%FT%T", &local);
  std::string out = date.data();
  append_format(out, ".%03d", static_cast<int>(ms));
  const int minutes = static_cast<int>(local.tm_gmtoff / 60);
  append_format(out, "%c%02d:%02d", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                std::abs(minutes) % 60);
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    char32_t code = 0;
    const std::size_t length = utf8_length(text, code);
    if (length == 0) {
      append_format(out, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[0])));
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\r') {
      out += "\\r";
    } else if (code == '\t') {
      out += "\\t";
    } else if (is_control(code)) {
      append_format(out, code < 0x80 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(code));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string bounded(std::string_view text, std::size_t max) {
  if (text.size() <= max) return strip_credentials(text);
  constexpr std::size_t kLongest = 4; // Bytes of a character.
  std::size_t size = max;
  const auto in_character = [&] {
    return (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80;
  };
  while (size > 0 && max - size + 1 < kLongest && in_character()) --size;
  return strip_credentials(text.substr(0, size), Behind::more) + "... (" +
         std::to_string(text.size() - size) + " more bytes)";
}

std::string plain_value(std::string_view value, std::size_t max) {
  return escaped(bounded(value, max));
}

std::string plain_line(const Event& event) {
  std::string out = escaped(event.category);
  for (const Field& field : event.fields) {
    out += ' ';
    out += escaped(field.key);
    out += '=';
    out += word_or_quoted(plain_value(field.value, event.caps.field));
  }
  out += ' ';
  out += plain_value(event.message, event.caps.message);
  return out;
}

std::string text_line(const Event& event) {
  std::string level = to_string(event.level);
  for (char& c : level) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return iso_time(event.time) + ' ' + level + ' ' + plain_line(event);
}

std::string json_line(const Event& event) {
  std::string out = "{";
  append_member(out, "time", iso_time(event.time));
  append_member(out, "level", to_string(event.level));
  append_member(out, "category", event.category);
  for (const Field& field : event.fields) {
    std::string key(field.key);
    if (key == "time" || key == "level" || key == "category" || key == "message") key += '_';
    append_member(out, key, bounded(field.value, event.caps.field));
  }
  append_member(out, "message", bounded(event.message, event.caps.message));
  return out += '}';
}

std::string journal_name(std::string_view key) {
  std::string out = "FANLIGHT_";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    out += c >= 0 && std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return out.substr(0, 64); // The journal drops longer names.
}

} // namespace fanlight::log
