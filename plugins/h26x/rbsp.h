#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fanlight::h26x {

/// Reads the bits of a NAL unit as H.264 (7.3.1 and 9.1) and H.265 (7.3.1.1 and 9.2) define them:
/// without the emulation prevention bytes. Behind the end it returns zeros, and ok() is false.
class Rbsp {
 public:
  explicit Rbsp(std::span<const std::uint8_t> unit) : unit_(unit) {}

  bool ok() const { return ok_; }

  /// u(n), n at most 32.
  std::uint32_t bits(unsigned count) {
    std::uint32_t value = 0;
    while (count-- > 0) value = value << 1 | bit();
    return value;
  }
  bool flag() { return bit() != 0; }
  void skip(unsigned count) {
    while (count-- > 0) bit();
  }
  /// ue(v).
  std::uint32_t ue() {
    unsigned zeros = 0;
    while (ok_ && bit() == 0) ++zeros;
    if (zeros > 31) ok_ = false;
    return ok_ ? (1u << zeros) - 1 + bits(zeros) : 0;
  }
  /// se(v).
  std::int32_t se() {
    const std::uint32_t code = ue();
    const auto half = static_cast<std::int32_t>(code / 2);
    return code % 2 != 0 ? half + 1 : -half;
  }

 private:
  unsigned bit() {
    if (left_ == 0 && !next_byte()) return 0;
    return byte_ >> --left_ & 1u;
  }
  bool next_byte() {
    if (zeros_ >= 2 && at_ < unit_.size() && unit_[at_] == 3) {
      ++at_;
      zeros_ = 0;
    }
    if (at_ >= unit_.size()) {
      ok_ = false;
      return false;
    }
    byte_ = unit_[at_++];
    zeros_ = byte_ == 0 ? zeros_ + 1 : 0;
    left_ = 8;
    return true;
  }

  std::span<const std::uint8_t> unit_;
  std::size_t at_ = 0;
  unsigned zeros_ = 0; ///< Number of zero bytes just read.
  unsigned left_ = 0;  ///< Bits of byte_ that are not read yet.
  std::uint8_t byte_ = 0;
  bool ok_ = true;
};

} // namespace fanlight::h26x
