#pragma once

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "base/main_loop.h"
#include "support/hang_limit.h"

namespace fanlight::test {

/// Turns the main loop until `done` holds. Fails the test, and returns false, if it never
/// does.
inline bool turn_until(const std::function<bool()>& done, const std::string& what,
                       std::chrono::seconds limit = kHangLimit) {
  bool late = false;
  Timer watchdog;
  watchdog.once(limit, [&late] { late = true; });
  while (!done() && !late) g_main_context_iteration(nullptr, TRUE);
  if (late) ADD_FAILURE() << "waited too long for " << what;
  return !late;
}

} // namespace fanlight::test
