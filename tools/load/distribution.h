#pragma once

#include <cstdint>
#include <vector>

namespace fanlight::load {

/// A distribution of times in constant memory, with a resolution of half a percent.
class Distribution {
 public:
  /// Milliseconds; negative values count as zero.
  void add(double ms);
  Distribution& operator+=(const Distribution& other);

  std::uint64_t count() const { return count_; }
  /// 0 if nothing was added.
  double least() const { return least_; }
  double most() const { return most_; }
  double mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }
  /// The least time that `part` (0 to 1) of all do not exceed, with a resolution of half a percent;
  /// 0 if nothing was added.
  double percentile(double part) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double least_ = 0;
  double most_ = 0;
};

} // namespace fanlight::load
