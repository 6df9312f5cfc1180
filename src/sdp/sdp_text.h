#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The lexical level of SDP (RFC 8866, section 5 and 9): lines, attributes, tokens. The views point
/// into the text given.
namespace fanlight::webrtc::sdp {

struct Line {
  char type = 0;          ///< 'v', 'o', 'm', 'a', ...
  std::string_view value; ///< After '=', without white space at either end.
  std::size_t number = 0; ///< From 1.
};

/// One a= line: "key:value" or "key".
struct Attribute {
  std::string_view key;
  std::string_view value;
};

/// Lines ended by CRLF or LF; empty ones are left out. Does not judge: a line that is not "x=value"
/// has type 0 and its whole text as value.
std::vector<Line> lines(std::string_view text);

Attribute attribute(std::string_view line_value);

std::string_view trim(std::string_view text);
/// Words between runs of spaces and tabs.
std::vector<std::string_view> words(std::string_view text);
/// The words with one space between.
std::string join(const std::vector<std::string_view>& words);
/// At the first `separator`: what is before and behind it, both trimmed; no separator: all and "".
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator);

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower(std::string_view text);
std::string upper(std::string_view text);

/// Decimal digits alone, at most `max`.
std::optional<unsigned> number(std::string_view digits, unsigned max);

/// Visible ASCII without white space, not empty, at most `max_size` long.
bool is_token(std::string_view text, std::size_t max_size);

/// For a message to people: at most 60 characters, what is not visible ASCII replaced.
std::string excerpt(std::string_view text);

} // namespace fanlight::webrtc::sdp
