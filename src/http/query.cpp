#include "http/query.h"

#include <algorithm>
#include <optional>

#include "http/owned.h"

namespace fanlight::http {
namespace {

/// None if the encoding is broken or the text is not UTF-8.
std::optional<std::string> decoded(std::string_view text) {
  std::string blanks{text};
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  const OwnedText plain{
      g_uri_unescape_segment(blanks.data(), blanks.data() + blanks.size(), nullptr)};
  if (!plain || g_utf8_validate(plain.get(), -1, nullptr) == FALSE) return {};
  return std::string{plain.get()};
}

} // namespace

std::string query_value(std::string_view query, std::string_view name) {
  std::string value;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (decoded(parameter.substr(0, equals)) != name) continue;
    value = decoded(parameter.substr(std::min(equals + 1, parameter.size()))).value_or("");
  }
  return value;
}

} // namespace fanlight::http
