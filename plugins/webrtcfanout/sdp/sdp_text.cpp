#include "webrtcfanout/sdp/sdp_text.h"

#include <algorithm>
#include <charconv>

namespace fanlight::fanout::sdp {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

} // namespace

Line take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  line = trim(line);
  if (line.size() < 2 || line[1] != '=') return {0, line};
  return {line[0], trim(line.substr(2))};
}

std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {trim(text), {}};
  return {trim(text.substr(0, at)), trim(text.substr(at + 1))};
}

std::vector<std::string_view> words(std::string_view text, std::size_t max) {
  std::vector<std::string_view> result;
  while (result.size() < max) {
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) break;
    text.remove_prefix(first);
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    result.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return result;
}

std::optional<int> number(std::string_view digits, int max) {
  unsigned value = 0; // So that no sign is read.
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value);
  if (error != std::errc{} || end != last || value > static_cast<unsigned>(max)) return {};
  return static_cast<int>(value);
}

bool is_token(std::string_view text, std::size_t max_size) {
  return !text.empty() && text.size() <= max_size &&
         std::all_of(text.begin(), text.end(), is_visible);
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_visible(c) || c == ' ' || c == '\t'; });
}

// Not <cctype>: SDP is not a matter of the locale.
std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  return result;
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kMax = 60;
  std::string result(text.substr(0, kMax));
  for (char& c : result)
    if (!is_visible(c) && c != ' ') c = '?';
  if (text.size() > kMax) result += "...";
  return result;
}

} // namespace fanlight::fanout::sdp
