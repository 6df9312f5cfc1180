#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fanlight {

/// What follows the text that is stripped.
enum class Behind {
  nothing, ///< It is whole.
  more,    ///< It was cut: what could be the front of a password is taken for one.
};

/// `text` with the user and password of every URL in it replaced by `***`: the one way a URL may
/// reach a log, an API, a metric or an error. The work grows as the text does: strangers send some
/// of it.
std::string strip_credentials(std::string_view text, Behind behind = Behind::nothing);

/// The same, and how many characters were looked at on the way, which tests bound.
struct Stripped {
  std::string text;
  std::size_t looks = 0;
};
Stripped strip_counted(std::string_view text, Behind behind = Behind::nothing);

} // namespace fanlight
