#pragma once

#include <cstdint>
#include <vector>

namespace fanlight::load {

/// Many times, in a room that does not grow with them: each is kept to half a percent.
class Distribution {
 public:
  /// Milliseconds; what is below zero counts as zero.
  void add(double ms);
  Distribution& operator+=(const Distribution& other);

  std::uint64_t count() const { return count_; }
  /// 0 where nothing was added.
  double least() const { return least_; }
  double most() const { return most_; }
  double mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }
  /// The least time that `part` of all (0 to 1) do not exceed, to half a percent; 0 where nothing
  /// was added.
  double percentile(double part) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double least_ = 0;
  double most_ = 0;
};

} // namespace fanlight::load
