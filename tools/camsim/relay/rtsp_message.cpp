#include "camsim/relay/rtsp_message.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace fanlight::camsim {
namespace {

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

/// Begin and end of that header's line, without its CRLF; npos: the header is absent.
std::pair<std::size_t, std::size_t> find_header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != head.npos && at + 2 < head.size();) {
    const std::size_t begin = at + 2;
    at = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, at - begin);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        same(line.substr(0, name.size()), name))
      return {begin, begin + line.size()};
  }
  return {head.npos, head.npos};
}

} // namespace

std::string RtspMessage::method() const {
  return std::string{first_line().substr(0, first_line().find(' '))};
}

std::string RtspMessage::uri() const {
  const std::string_view line = first_line();
  const std::size_t begin = line.find(' ') + 1;
  return std::string{line.substr(begin, line.rfind(' ') - begin)};
}

int RtspMessage::status() const {
  return std::atoi(head.c_str() + std::min(head.find(' '), head.size() - 1));
}

void RtspMessage::set_uri(const std::string& uri) {
  const std::size_t begin = head.find(' ') + 1;
  head.replace(begin, first_line().rfind(' ') - begin, uri);
}

std::string RtspMessage::header(std::string_view name) const {
  const auto [begin, end] = find_header(head, name);
  if (begin == head.npos) return {};
  std::size_t value = begin + name.size() + 1;
  while (value < end && head[value] == ' ') ++value;
  return head.substr(value, end - value);
}

void RtspMessage::set_header(std::string_view name, const std::string& value) {
  const auto [begin, end] = find_header(head, name);
  const std::string line = std::string{name} + ": " + value;
  if (begin != head.npos)
    head.replace(begin, end - begin, line);
  else
    head.insert(head.size() - 2, line + "\r\n");
}

void RtspMessage::remove_header(std::string_view name) {
  constexpr std::size_t kLineEnd = 2;
  const auto [begin, end] = find_header(head, name);
  if (begin != head.npos) head.erase(begin, end + kLineEnd - begin);
}

void RtspMessage::set_body(std::string text) {
  body = std::move(text);
  set_header("Content-Length", std::to_string(body.size()));
}

std::optional<RtspPiece> take_piece(std::string& bytes) {
  if (bytes.starts_with('$')) {
    if (bytes.size() < 4) return std::nullopt;
    const std::size_t size =
        4 + (static_cast<unsigned char>(bytes[2]) << 8U) + static_cast<unsigned char>(bytes[3]);
    if (bytes.size() < size) return std::nullopt;
    RtspPiece piece{.message = {}, .packet = bytes.substr(0, size)};
    bytes.erase(0, size);
    return piece;
  }
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) return std::nullopt;
  RtspMessage message{.head = bytes.substr(0, end + 4), .body = {}};
  const auto length = std::strtoul(message.header("Content-Length").c_str(), nullptr, 10);
  if (bytes.size() < end + 4 + length) return std::nullopt;
  message.body = bytes.substr(end + 4, length);
  bytes.erase(0, end + 4 + length);
  return RtspPiece{.message = std::move(message), .packet = {}};
}

} // namespace fanlight::camsim
