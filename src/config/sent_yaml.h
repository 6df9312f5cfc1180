#pragma once

#include <optional>
#include <string>

#include <yaml-cpp/yaml.h>

#include "config/reader.h"

namespace fanlight::config {

/// Parses YAML that a client sent, or JSON, which is YAML. A `${` in it is not a variable: a client
/// that may change cameras must not be able to read the server's environment. None after a
/// diagnostic. Throws YAML::Exception.
std::optional<YAML::Node> load_sent(const std::string& text, Diagnostics& diagnostics);

} // namespace fanlight::config
