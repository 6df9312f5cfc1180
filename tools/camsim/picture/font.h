#pragma once

#include <array>
#include <cstdint>

namespace fanlight::camsim {

/// Seven rows of five dots, the leftmost dot in bit 4.
using Glyph = std::array<std::uint8_t, 7>;

/// Upper case, digits and some punctuation; a hollow box for everything else.
const Glyph& glyph(char c);

} // namespace fanlight::camsim
