#pragma once

#include <yaml-cpp/yaml.h>

#include "config/config.h"
#include "config/reader.h"

/// How read_request() reads; for lists of cameras, too.
namespace fanlight::config {

/// The camera that a mapping describes, as read_request() gives it. `before` is the one it
/// replaces, or null: a password that is not sent is kept for the same stream at the same address.
/// Keys of diagnostics begin at the camera; a leading dot may precede them. Throws YAML::Exception.
Camera read_sent_camera(YAML::Node node, const Camera* before, Diagnostics& diagnostics);

} // namespace fanlight::config
