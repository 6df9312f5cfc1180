#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <gst/gst.h>

namespace fanlight::goptee {

/// Schedules the frames of a cached group: all at once, they would overflow buffers on the way to a
/// receiver, which would lose its first frames.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  /// The longest time until a receiver is at the live edge, however large the group is.
  static constexpr std::chrono::nanoseconds kLongest = std::chrono::seconds(1);

  /// A group of `bytes` begins now, at `rate` bit/s (0: at once).
  void begin(guint64 bytes, guint64 rate) {
    const double seconds =
        rate > 0 ? static_cast<double>(bytes) * 8 / static_cast<double>(rate) : 0;
    per_byte_ = bytes > 0 ? std::min(seconds, std::chrono::duration<double>(kLongest).count()) /
                                static_cast<double>(bytes)
                          : 0;
    duration_ = to_ns(bytes);
    due_ = Clock::now();
  }
  void sent(gsize bytes) { due_ += to_ns(bytes); }
  /// When to send the next frame.
  Clock::time_point due() const { return due_; }
  /// The time for the whole group.
  std::chrono::nanoseconds duration() const { return duration_; }

 private:
  std::chrono::nanoseconds to_ns(guint64 bytes) const {
    return std::chrono::nanoseconds(
        static_cast<std::int64_t>(per_byte_ * static_cast<double>(bytes) * 1e9));
  }

  double per_byte_ = 0; ///< In s.
  std::chrono::nanoseconds duration_{0};
  Clock::time_point due_;
};

} // namespace fanlight::goptee
