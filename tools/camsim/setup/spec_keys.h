#pragma once

#include <string_view>

#include "camsim/setup/spec.h"

/// The table of keys that the command line and the YAML file share.
namespace fanlight::camsim {

Result<> set_key(CameraSpec& spec, std::string_view key, std::string_view value);

/// Checks the combination of keys: missing keys, and keys that exclude each other.
Result<> check(const CameraSpec& spec);

} // namespace fanlight::camsim
