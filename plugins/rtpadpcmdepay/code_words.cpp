#include "code_words.h"

namespace fanlight {

std::vector<std::uint8_t> in_decoding_order(std::span<const std::uint8_t> bytes, unsigned bits) {
  constexpr unsigned kGroup = 8; // So many code words fill whole bytes: as many as a word has bits.
  const std::uint64_t mask = (1u << bits) - 1;
  std::vector<std::uint8_t> out;
  out.reserve(bytes.size());
  for (; bytes.size() >= bits; bytes = bytes.subspan(bits)) {
    std::uint64_t low_first = 0;
    for (unsigned i = 0; i < bits; ++i) low_first |= std::uint64_t{bytes[i]} << (8 * i);
    std::uint64_t high_first = 0;
    for (unsigned i = 0; i < kGroup; ++i)
      high_first = high_first << bits | (low_first >> (bits * i) & mask);
    for (unsigned i = bits; i > 0; --i)
      out.push_back(static_cast<std::uint8_t>(high_first >> (8 * (i - 1))));
  }
  return out;
}

} // namespace fanlight
