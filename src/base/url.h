#pragma once

#include <string>
#include <string_view>

namespace fanlight {

/// `text` with the user and password of every URL in it replaced by `***`: the one way a URL may
/// reach a log, an API, a metric or an error.
std::string strip_credentials(std::string_view text);

} // namespace fanlight
