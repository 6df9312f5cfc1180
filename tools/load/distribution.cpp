#include "distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace fanlight::load {
namespace {

/// Microseconds below this have a bucket each; above, each doubling is divided into this many.
constexpr std::uint64_t kFine = 256;

std::size_t bucket_of(std::uint64_t us) {
  if (us < 2 * kFine) return us;
  const int shift = std::bit_width(us) - std::bit_width(kFine);
  return static_cast<std::size_t>(shift) * kFine + (us >> shift);
}

double middle_of(std::size_t bucket) {
  if (bucket < 2 * kFine) return static_cast<double>(bucket);
  const std::size_t shift = bucket / kFine - 1;
  const std::uint64_t low = (bucket - shift * kFine) << shift;
  return static_cast<double>(low) + static_cast<double>((1ULL << shift) - 1) / 2;
}

} // namespace

void Distribution::add(double ms) {
  ms = std::max(ms, 0.0);
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(std::llround(ms * 1000)));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  least_ = count_ == 0 ? ms : std::min(least_, ms);
  most_ = std::max(most_, ms);
  sum_ += ms;
  ++count_;
}

Distribution& Distribution::operator+=(const Distribution& other) {
  if (other.count_ == 0) return *this;
  buckets_.resize(std::max(buckets_.size(), other.buckets_.size()));
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
  sum_ += other.sum_;
  count_ += other.count_;
  return *this;
}

double Distribution::percentile(double part) const {
  if (count_ == 0) return 0;
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::clamp(middle_of(i) / 1000, least_, most_);
  }
  return most_;
}

} // namespace fanlight::load
