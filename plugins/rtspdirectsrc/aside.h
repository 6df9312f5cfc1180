#pragma once

#include <functional>

namespace fanlight::direct {

/// Runs `task` on a thread of GLib's pool, which may block.
void run_aside(std::function<void()> task);

} // namespace fanlight::direct
