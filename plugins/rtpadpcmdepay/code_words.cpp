#include "code_words.h"

namespace fanlight {

std::vector<std::uint8_t> in_decoding_order(std::span<const std::uint8_t> bytes, unsigned bits) {
  // So many bytes hold whole code words, and so many of those.
  const unsigned group = 8 % bits == 0 ? 1 : bits;
  const unsigned words = 8 * group / bits;
  const std::uint64_t mask = (1u << bits) - 1;
  std::vector<std::uint8_t> out;
  out.reserve(bytes.size());
  for (; bytes.size() >= group; bytes = bytes.subspan(group)) {
    std::uint64_t low_first = 0;
    for (unsigned i = 0; i < group; ++i) low_first |= std::uint64_t{bytes[i]} << (8 * i);
    std::uint64_t high_first = 0;
    for (unsigned i = 0; i < words; ++i)
      high_first = high_first << bits | (low_first >> (bits * i) & mask);
    for (unsigned i = group; i > 0; --i)
      out.push_back(static_cast<std::uint8_t>(high_first >> (8 * (i - 1))));
  }
  return out;
}

} // namespace fanlight
