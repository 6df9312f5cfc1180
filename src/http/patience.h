#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace fanlight::http {

/// Limits how often something may happen: a burst, and then one per `each`. The caller provides the
/// clock.
class Patience {
 public:
  Patience(std::size_t most, std::chrono::milliseconds each)
      : each_us_(std::chrono::microseconds{each}.count()),
        most_us_(each_us_ * static_cast<std::int64_t>(most)) {}

  /// Counts one more; true if that completes a burst of `most`.
  bool ends_with_one_more(std::int64_t now_us) {
    all_forgotten_at_us_ = std::max(all_forgotten_at_us_, now_us) + each_us_;
    return all_forgotten_at_us_ - now_us > most_us_ - each_us_;
  }

 private:
  const std::int64_t each_us_;
  const std::int64_t most_us_;
  std::int64_t all_forgotten_at_us_ = 0;
};

} // namespace fanlight::http
