#pragma once

#include <functional>

namespace fanlight::direct {

/// What may block. Each kind has its own threads, so that none waits for another kind.
enum class Aside {
  lookup,   ///< Of the addresses of a host.
  judgement ///< Of a certificate.
};

/// Runs `task` on a thread of GLib's pool.
void run_aside(Aside kind, std::function<void()> task);

} // namespace fanlight::direct
