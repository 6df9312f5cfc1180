#include "rtsp/message_head.h"

#include <algorithm>
#include <charconv>

#include <glib.h>

namespace fanlight::rtsp {
namespace {

constexpr std::string_view kRtsp = "RTSP/";
/// Longer than the first line of any request: its URL is the server's own.
constexpr std::size_t kMostFirstLine = 4096;
constexpr std::size_t kMostShown = 60;

bool begins(std::string_view text, std::string_view with) {
  return text.size() >= with.size() &&
         g_ascii_strncasecmp(text.data(), with.data(), with.size()) == 0;
}

/// The line that begins at `at`, without its end; moves `at` behind it.
std::string_view take_line(std::string_view text, std::size_t& at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  std::string_view line = text.substr(at, end - at);
  while (line.ends_with('\r')) line.remove_suffix(1);
  at = std::min(end + 1, text.size());
  return line;
}

bool is_text(std::string_view line) {
  return std::all_of(line.begin(), line.end(),
                     [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
}

bool is_answer(std::string_view line) { return begins(line, kRtsp); }

/// METHOD URL RTSP/1.0
bool is_request(std::string_view line) {
  const auto version = line.rfind(' ');
  return version != std::string_view::npos && line.find(' ') != version &&
         begins(line.substr(version + 1), kRtsp);
}

/// The first line in the form of RFC 2326.
std::string mended_first_line(std::string_view line) {
  constexpr std::string_view kVersion = "RTSP/1.0";
  if (!is_answer(line)) return std::string{line.substr(0, line.rfind(' ') + 1)}.append(kVersion);
  const auto status = std::min(line.find_first_of(" \t"), line.size());
  return std::string{kVersion}.append(line.substr(status));
}

bool is_valid_sequence(std::string_view value, unsigned requests) {
  unsigned number = 0;
  const auto begin = value.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  value = value.substr(begin, value.find_last_not_of(" \t") - begin + 1);
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && end == value.data() + value.size() && number <= requests;
}

} // namespace

HeadScan scan_head(std::string_view bytes, std::size_t scanned) {
  std::size_t at = 0;
  const std::string_view line = take_line(bytes, at);
  if (!is_text(line) || line.size() > kMostFirstLine) return {.state = HeadScan::State::foreign};
  const bool whole = bytes.substr(0, at).ends_with('\n');
  if (whole && !is_answer(line) && !is_request(line)) return {.state = HeadScan::State::foreign};
  // The end is an empty line, of which an earlier call may have seen a part.
  constexpr std::size_t kPart = 2;
  for (at = scanned - std::min(scanned, kPart); at < bytes.size(); ++at) {
    at = bytes.find('\n', at);
    if (at == std::string_view::npos) break;
    const std::size_t next = bytes.find_first_not_of('\r', at + 1);
    if (next != std::string_view::npos && bytes[next] == '\n')
      return {.state = HeadScan::State::complete, .size = next + 1};
  }
  return {.state = HeadScan::State::unfinished, .size = bytes.size()};
}

std::string mended_head(std::string_view head, unsigned requests) {
  std::size_t at = 0;
  const std::string_view first = take_line(head, at);
  std::string out = mended_first_line(first) + "\r\n";
  bool numbered = false;
  while (at < head.size()) {
    const std::string_view line = take_line(head, at);
    const bool continues = line.starts_with(' ') || line.starts_with('\t');
    const auto colon = line.find(':');
    if (!continues && (colon == std::string_view::npos || colon == 0)) continue;
    std::string_view name = line.substr(0, colon);
    while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
    if (!continues && name.size() == 4 && begins(name, "CSeq")) {
      if (numbered || !is_valid_sequence(line.substr(colon + 1), requests)) continue;
      numbered = true;
    }
    out.append(line).append("\r\n");
  }
  if (!numbered) out += "CSeq: 0\r\n";
  return out + "\r\n";
}

std::string shown_line(std::string_view bytes) {
  std::size_t at = 0;
  const std::string_view line = take_line(bytes, at).substr(0, kMostShown);
  const bool shown = line.size() > 3 && std::all_of(line.begin(), line.end(),
                                                    [](char c) { return g_ascii_isprint(c) != 0; });
  return shown ? std::string{line} : std::string{};
}

} // namespace fanlight::rtsp
