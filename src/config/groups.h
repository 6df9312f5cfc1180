#pragma once

#include <string>
#include <vector>

#include "config/reader.h"

namespace fanlight::config {

/// The names of a camera's groups.
void read_groups(const Value& value, std::vector<std::string>& out);

} // namespace fanlight::config
