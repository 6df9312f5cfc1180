#pragma once

#include <chrono>

namespace fanlight::test {

/// Whoever waits so long for one event is hung, and the test fails. It ends a test that would never
/// end; it says nothing of how fast a machine is, and is far more than the slowest needs.
inline constexpr std::chrono::seconds kHangLimit{120};

} // namespace fanlight::test
