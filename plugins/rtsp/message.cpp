#include "rtsp/message.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>

#include <glib.h>

namespace fanlight::rtsp {
namespace {

bool same(std::string_view one, std::string_view other) {
  return one.size() == other.size() &&
         g_ascii_strncasecmp(one.data(), other.data(), one.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  constexpr const char* kBlank = " \t\r";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// The next word of `text`, which is taken off.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = trimmed(text.substr(end));
  return word;
}

template <typename Number> bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_first_line(std::string_view line, Message& message) {
  constexpr std::string_view kRtsp = "RTSP/";
  std::string_view rest = line;
  const std::string_view first = take_word(rest);
  if (first.size() < kRtsp.size() || !same(first.substr(0, kRtsp.size()), kRtsp)) {
    message.method = first;
    return !first.empty();
  }
  const std::string_view status = take_word(rest);
  message.reason = rest;
  return read_number(status, message.status) && message.status >= 100 && message.status <= 999;
}

} // namespace

std::vector<std::string> Message::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [given, value] : headers)
    if (same(given, name)) values.push_back(value);
  return values;
}

std::string Message::first(std::string_view name) const {
  for (const auto& [given, value] : headers)
    if (same(given, name)) return value;
  return {};
}

std::optional<Message> read_head(std::string_view head) {
  Message message;
  bool begun = false;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    const std::string_view line = head.substr(0, end);
    head = head.substr(std::min(end + 1, head.size()));
    if (!begun) {
      if (trimmed(line).empty()) continue;
      if (!read_first_line(line, message)) return std::nullopt;
      begun = true;
      continue;
    }
    // RFC 2616, section 4.2: a line that begins with a blank continues the one before.
    if (!line.empty() && (line.front() == ' ' || line.front() == '\t')) {
      if (!message.headers.empty()) message.headers.back().second.append(" ").append(trimmed(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) continue;
    message.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return begun ? std::optional{std::move(message)} : std::nullopt;
}

std::size_t body_size_of(const Message& head) {
  const std::string length = head.first("Content-Length");
  std::size_t size = 0;
  if (length.empty()) return 0;
  return read_number(std::string_view{length}, size) ? size
                                                     : std::numeric_limits<std::size_t>::max();
}

std::optional<int> timeout_of(const std::string& session) {
  for (auto at = session.find(';'); at != std::string::npos;) {
    const auto next = session.find(';', at + 1);
    std::string part = session.substr(at + 1, next == std::string::npos ? next : next - at - 1);
    std::erase_if(part, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
    constexpr std::string_view kName = "timeout=";
    if (part.size() > kName.size() && same(std::string_view{part}.substr(0, kName.size()), kName))
      return std::atoi(part.c_str() + kName.size());
    at = next;
  }
  return std::nullopt;
}

} // namespace fanlight::rtsp
