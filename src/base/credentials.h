#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fanlight {

/// What follows the text that is stripped.
enum class Behind {
  nothing, ///< The text is complete.
  more,    ///< The text was cut: a part that could be the beginning of a password counts as one.
};

/// `text` with the user and password of every URL in it replaced by `***`. Every URL passes this
/// before it reaches a log, an API, a metric or an error. The work is linear in the size of the
/// text, because strangers send some of these texts.
std::string strip_credentials(std::string_view text, Behind behind = Behind::nothing);

/// The same, with the number of characters that were read, which tests bound.
struct Stripped {
  std::string text;
  std::size_t looks = 0;
};
Stripped strip_counted(std::string_view text, Behind behind = Behind::nothing);

} // namespace fanlight
