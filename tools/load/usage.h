#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

#include "load/net/loop.h"

namespace fanlight::load {

/// The resources that a process uses, according to the kernel.
struct Usage {
  Time at;
  double cpu_s = 0;      ///< Of all its threads, since its start.
  std::uint64_t rss = 0; ///< Bytes.
  int threads = 0;
  int fds = 0; ///< -1: the process belongs to another user.

  /// None if the process does not exist, or may not be inspected.
  static std::optional<Usage> of(pid_t pid);
};

} // namespace fanlight::load
