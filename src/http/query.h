#pragma once

#include <string>
#include <string_view>

namespace fanlight::http {

/// The value of `name` in the query of a URL, decoded like a form; the last of several; empty if it
/// is absent or not UTF-8. Scans from left to right: a hash table of all parameters could take a
/// stranger very long, who can choose names with the same hash.
std::string query_value(std::string_view query, std::string_view name);

} // namespace fanlight::http
