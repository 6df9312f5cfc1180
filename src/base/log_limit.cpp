#include "base/log_limit.h"

#include <algorithm>

#include "base/log_line.h"

namespace fanlight::log {

bool Limiter::pass(Place place, Rate rate, Level level, std::string_view category,
                   std::string_view message, std::int64_t now_us) {
  constexpr std::int64_t kSecond = 1'000'000;
  constexpr std::size_t kLike = 120; // Bytes.
  const std::int64_t step = kSecond * rate.seconds / rate.per_second;
  const std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_[{place.file, place.line}];
  const std::int64_t full_at = std::max(bucket.full_at_us, now_us) + step;
  if (full_at - now_us <= step * rate.burst) {
    bucket.full_at_us = full_at;
    return true;
  }
  LeftOut& left_out = bucket.left_out;
  if (left_out.count++ == 0) {
    left_out.level = level;
    left_out.category = category;
    left_out.like = bounded(message, kLike);
  }
  return false;
}

std::vector<LeftOut> Limiter::take() {
  std::vector<LeftOut> all;
  const std::lock_guard lock(mutex_);
  for (auto& [place, bucket] : buckets_)
    if (bucket.left_out.count > 0) all.push_back(std::exchange(bucket.left_out, {}));
  return all;
}

void Limiter::forget() {
  const std::lock_guard lock(mutex_);
  buckets_.clear();
}

} // namespace fanlight::log
