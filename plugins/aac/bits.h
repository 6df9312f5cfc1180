#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fanlight::aac {

using Bytes = std::span<const std::uint8_t>;

/// Reads bits, the highest of each byte first. Behind the end it returns zeros, and ok() is false.
class Bits {
 public:
  explicit Bits(Bytes bytes) : bytes_(bytes) {}

  bool ok() const { return at_ <= bytes_.size() * 8; }
  std::size_t at() const { return at_; } ///< Bits that were read.
  std::size_t left() const { return ok() ? bytes_.size() * 8 - at_ : 0; }

  /// At most 32.
  std::uint32_t read(unsigned count) {
    std::uint32_t value = 0;
    for (; count > 0; --count, ++at_) value = value << 1 | bit(at_);
    return value;
  }
  bool flag() { return read(1) != 0; }
  void skip(std::size_t count) { at_ += count; }

  /// `count` bits from `begin`, as bytes of their own; the last one is filled with zeros.
  std::vector<std::uint8_t> copy(std::size_t begin, std::size_t count) const {
    if (begin % 8 == 0 && count % 8 == 0 && begin + count <= bytes_.size() * 8) {
      const Bytes part = bytes_.subspan(begin / 8, count / 8);
      return {part.begin(), part.end()};
    }
    std::vector<std::uint8_t> out((count + 7) / 8);
    for (std::size_t i = 0; i < count; ++i)
      out[i / 8] = static_cast<std::uint8_t>(out[i / 8] | bit(begin + i) << (7 - i % 8));
    return out;
  }

 private:
  unsigned bit(std::size_t at) const {
    return at < bytes_.size() * 8 ? bytes_[at / 8] >> (7 - at % 8) & 1u : 0;
  }

  const Bytes bytes_;
  std::size_t at_ = 0;
};

} // namespace fanlight::aac
