#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace fanlight::fuzz {

using Input = std::vector<std::uint8_t>;

/// Makes inputs that are nearly right out of those of a corpus: changed bits, bytes and lengths,
/// pieces that are missing, twice there, or of another input. The same seed and corpus, the same
/// inputs.
class Mutator {
 public:
  static constexpr std::size_t kMaxSize = 16 * 1024;

  /// `corpus` is not empty.
  Mutator(std::vector<Input> corpus, std::uint64_t seed);
  /// Valid until the next call.
  const Input& next();

 private:
  std::size_t below(std::size_t limit); ///< A number; 0 where `limit` is.
  const Input& any();
  void mutate();
  void change_length();
  void splice();

  const std::vector<Input> corpus_;
  std::mt19937_64 random_;
  Input input_;
};

} // namespace fanlight::fuzz
