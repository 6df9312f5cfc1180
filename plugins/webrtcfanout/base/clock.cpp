#include "webrtcfanout/base/clock.h"

#include <ctime>

namespace fanlight::fanout {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kFrom1900To1970 = 2'208'988'800;

std::int64_t read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kSecond + now.tv_nsec / 1000;
}

} // namespace

std::int64_t monotonic_us() { return read_clock(CLOCK_MONOTONIC); }

std::uint64_t ntp_of(std::int64_t time) {
  static const std::int64_t distance = read_clock(CLOCK_REALTIME) - monotonic_us();
  const auto us = static_cast<std::uint64_t>(time + distance + kFrom1900To1970 * kSecond);
  return (us / kSecond << 32) + ((us % kSecond << 32) / kSecond);
}

} // namespace fanlight::fanout
