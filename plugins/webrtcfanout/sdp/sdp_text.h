#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The lexical level of SDP (RFC 8866, sections 5 and 9). Views point into the text given; blanks
/// are spaces and tabs.
namespace fanlight::fanout::sdp {

struct Line {
  char type = 0;          ///< 'v', 'o', 'm', 'a' …; 0: the line is not "x=value".
  std::string_view value; ///< Without blanks at either end.
};

/// Takes the next line, ended by CRLF, LF or the end, off `rest`, which is not empty.
Line take_line(std::string_view& rest);

/// What is before and behind the first `separator`, without blanks at the ends.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator);

/// The first `max` words between blanks.
std::vector<std::string_view> words(std::string_view text, std::size_t max);

/// Decimal digits alone, at most `max`.
std::optional<int> number(std::string_view digits, int max);

/// Visible ASCII without blanks, not empty, at most `max_size` long.
bool is_token(std::string_view text, std::size_t max_size);

/// Visible ASCII and blanks.
bool is_plain(std::string_view text);

std::string lower(std::string_view text); ///< Of ASCII.
std::string upper(std::string_view text);

/// For a message to people: at most 60 characters, what is not visible ASCII replaced.
std::string excerpt(std::string_view text);

} // namespace fanlight::fanout::sdp
