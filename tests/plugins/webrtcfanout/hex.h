#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

using Octets = std::vector<std::uint8_t>;

/// "00 01 ff": blanks and line ends are of no matter.
inline Octets hex(std::string_view digits) {
  Octets bytes;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ' || c == '\n') continue;
    const auto digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) throw std::invalid_argument("not hexadecimal");
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high << 4 | static_cast<int>(digit)));
      high = -1;
    }
  }
  if (high >= 0) throw std::invalid_argument("half a byte");
  return bytes;
}

inline Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

} // namespace fanlight::fanout
