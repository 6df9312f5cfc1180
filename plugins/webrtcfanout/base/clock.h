#pragma once

#include <cstdint>

namespace fanlight::fanout {

/// The monotonic clock, in microseconds.
std::int64_t monotonic_us();

/// A time of the monotonic clock as NTP has it: 32.32 s since 1900 (RFC 3550, section 4). The
/// distance of both clocks is taken once, so that nothing jumps when somebody sets the time.
std::uint64_t ntp_of(std::int64_t monotonic_us);

} // namespace fanlight::fanout
