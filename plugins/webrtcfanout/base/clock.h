#pragma once

#include <cstdint>

namespace fanlight::fanout {

/// The monotonic clock, in microseconds.
std::int64_t monotonic_us();

/// A time of the monotonic clock in NTP format: 32.32 s since 1900 (RFC 3550, section 4). The
/// offset between the clocks is measured once, so that nothing jumps when the system time is set.
std::uint64_t ntp_of(std::int64_t monotonic_us);

} // namespace fanlight::fanout
