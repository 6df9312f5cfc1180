#pragma once

#include <string_view>

#include "camsim/setup/spec.h"

/// What the command line and the YAML file share: one table of keys.
namespace fanlight::camsim {

Result<> set_key(CameraSpec& spec, std::string_view key, std::string_view value);

/// What no single key can tell: missing keys, keys that do not go together.
Result<> check(const CameraSpec& spec);

} // namespace fanlight::camsim
