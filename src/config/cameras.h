#pragma once

#include "config/reader.h"

namespace fanlight::config {

/// The greatest value of a limit of viewers.
inline constexpr std::uint32_t kMostViewers = 100000;

/// Appends a list of cameras, with diagnostics about duplicates.
void read_cameras(const Value& value, Config& config);

/// Reads the keys of one camera; does not compare it with other cameras.
Camera read_camera(const Value& value);

/// The keys of a camera, and streams[].KEY of each of its streams.
std::vector<std::string> camera_keys();

} // namespace fanlight::config
