#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

#include "load/net/loop.h"

namespace fanlight::load {

/// What a process uses, as the kernel says.
struct Usage {
  Time at;
  double cpu_s = 0;      ///< Of all its threads since its start.
  std::uint64_t rss = 0; ///< Bytes.
  int threads = 0;
  int fds = 0; ///< -1: it is another user's.

  /// Nothing when there is no such process, or this one may not look at it.
  static std::optional<Usage> of(pid_t pid);
};

} // namespace fanlight::load
