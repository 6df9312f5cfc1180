#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The lexical level of SDP (RFC 8866, sections 5 and 9): lines, attributes, tokens. The views
/// refer to the given text.
namespace fanlight::sdp {

struct Line {
  char type = 0;          ///< 'v', 'o', 'm', 'a', ...
  std::string_view value; ///< After '=', trimmed.
  std::size_t number = 0; ///< From 1.
};

/// One a= line: "key:value" or "key".
struct Attribute {
  std::string_view key;
  std::string_view value;
};

/// Lines that end in CRLF or LF, without empty ones. Does not validate: a line that is not
/// "x=value" has type 0 and all of its text as value.
std::vector<Line> lines(std::string_view text);

Attribute attribute(std::string_view line_value);

std::string_view trim(std::string_view text);
/// Words between runs of spaces and tabs.
std::vector<std::string_view> words(std::string_view text);
/// The words with one space between.
std::string join(const std::vector<std::string_view>& words);
/// Splits at the first `separator`, both parts trimmed; without separator: all and "".
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator);

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower(std::string_view text);
std::string upper(std::string_view text);

/// A number of decimal digits only, at most `max`.
std::optional<unsigned> number(std::string_view digits, unsigned max);

/// Visible ASCII without white space, not empty, at most `max_size` long.
bool is_token(std::string_view text, std::size_t max_size);

/// For messages: at most 60 characters, those that are not visible ASCII replaced.
std::string excerpt(std::string_view text);

} // namespace fanlight::sdp
