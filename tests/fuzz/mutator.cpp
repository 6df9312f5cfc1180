#include "mutator.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace fanlight::fuzz {

Mutator::Mutator(std::vector<Input> corpus, std::uint64_t seed)
    : corpus_(std::move(corpus)), random_(seed) {}

// Not std::uniform_int_distribution: libraries differ in it, and a seed should not.
std::size_t Mutator::below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

const Input& Mutator::any() { return corpus_[below(corpus_.size())]; }

const Input& Mutator::next() {
  // Mostly from the corpus again, sometimes further from where it is.
  if (input_.empty() || below(4) != 0) input_ = any();
  for (std::size_t i = 1 + below(4); i > 0; --i) mutate();
  if (input_.size() > kMaxSize) input_.resize(kMaxSize);
  return input_;
}

void Mutator::mutate() {
  const std::size_t at = below(input_.size());
  const std::size_t count = std::min(below(below(2) ? 8 : 200) + 1, input_.size() - at);
  const auto from = input_.begin() + static_cast<std::ptrdiff_t>(at);
  const auto to = from + static_cast<std::ptrdiff_t>(count);
  switch (input_.empty() ? 0 : below(8)) {
  case 0: {
    Input noise(1 + below(16));
    std::generate(noise.begin(), noise.end(), [&] { return static_cast<std::uint8_t>(random_()); });
    input_.insert(from, noise.begin(), noise.end());
    break;
  }
  case 1: input_[at] ^= static_cast<std::uint8_t>(1U << below(8)); break;
  case 2: {
    static constexpr std::array<std::uint8_t, 12> kEdges{0,    1,    0x7f, 0x80, 0xfe, 0xff,
                                                         '\n', '\r', ' ',  ':',  '/',  '0'};
    input_[at] = kEdges[below(kEdges.size())];
    break;
  }
  case 3: change_length(); break;
  case 4: input_.resize(at); break;
  case 5: input_.erase(from, to); break;
  case 6: {
    const Input piece(from, to);
    input_.insert(from, piece.begin(), piece.end());
    break;
  }
  default: splice();
  }
}

/// Two bytes that may be the length of something, near what they are or at an edge.
void Mutator::change_length() {
  if (input_.size() < 2) return;
  const std::size_t at = below(2) ? below(input_.size() - 1) : below(input_.size() / 2) * 2;
  const std::size_t is = std::size_t{input_[at]} << 8 | input_[at + 1];
  const std::size_t left = input_.size() - at;
  const std::array<std::size_t, 10> values{is + 1,   is - 1,   is + 4, is - 4, left,
                                           left - 4, left / 4, 0,      0xffff, below(64)};
  const std::size_t value = values[below(values.size())];
  input_[at] = static_cast<std::uint8_t>(value >> 8);
  input_[at + 1] = static_cast<std::uint8_t>(value);
}

/// The front of this and the back of another.
void Mutator::splice() {
  const Input& other = any();
  input_.resize(below(input_.size() + 1));
  const auto begin = other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1));
  input_.insert(input_.end(), begin, other.end());
}

} // namespace fanlight::fuzz
