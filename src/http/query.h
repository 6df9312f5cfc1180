#pragma once

#include <string>
#include <string_view>

namespace fanlight::http {

/// The value of `name` in the query of a URL, decoded as that of a form; the last of several; empty
/// where it is absent or no text. Read from left to right: a table of all parameters takes as long
/// as a stranger wants, who chooses names that share their hash.
std::string query_value(std::string_view query, std::string_view name);

} // namespace fanlight::http
