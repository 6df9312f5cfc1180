#include "sdp/sdp_text.h"

#include <algorithm>
#include <charconv>

namespace fanlight::sdp {

namespace {

constexpr std::string_view kBlank = " \t";

// Not <cctype>: SDP does not depend on the locale.
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

} // namespace

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<Line> lines(std::string_view text) {
  std::vector<Line> result;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim(line);
    if (line.empty()) continue;
    if (line.size() < 2 || line[1] != '=') {
      result.push_back({0, line, number});
    } else {
      result.push_back({line[0], trim(line.substr(2)), number});
    }
  }
  return result;
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {trim(text), {}};
  return {trim(text.substr(0, at)), trim(text.substr(at + 1))};
}

Attribute attribute(std::string_view line_value) {
  const auto [key, value] = cut(line_value, ':');
  return {key, value};
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> result;
  for (;;) {
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return result;
    text.remove_prefix(first);
    const auto end = std::min(text.find_first_of(kBlank), text.size());
    result.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string join(const std::vector<std::string_view>& words) {
  std::string result;
  for (const auto word : words) {
    if (!result.empty()) result += ' ';
    result += word;
  }
  return result;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), to_lower);
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), to_upper);
  return result;
}

std::optional<unsigned> number(std::string_view digits, unsigned max) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value > max) return {};
  return value;
}

bool is_token(std::string_view text, std::size_t max_size) {
  return !text.empty() && text.size() <= max_size &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kMax = 60;
  std::string result(text.substr(0, kMax));
  for (char& c : result) {
    if (c < 0x20 || c >= 0x7f) c = '?';
  }
  if (text.size() > kMax) result += "...";
  return result;
}

} // namespace fanlight::sdp
