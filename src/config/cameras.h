#pragma once

#include "config/reader.h"

namespace fanlight::config {

/// Viewers that a limit can name at most.
inline constexpr std::uint32_t kMostViewers = 100000;

/// Appends a list of cameras, with diagnostics about what is there twice.
void read_cameras(const Value& value, Config& config);

/// The keys of one camera, whatever others there are.
Camera read_camera(const Value& value);

/// The keys of a camera, and streams[].KEY of each of its streams.
std::vector<std::string> camera_keys();

} // namespace fanlight::config
