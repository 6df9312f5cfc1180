#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace fanlight::camsim {

/// The machine-readable strip along the top of every picture: 40 cells of equal width that hold a
/// 32-bit value, so that a test can tell frames apart from their pixels.
///
/// Cells 0, 1 are white, black; 2..33 the value, most significant bit first, 1 = white; 34..37 the
/// exclusive or of the eight nibbles of the value, most significant bit first; 38, 39 black, white.
constexpr int kStripCells = 40;

/// Rows of the strip: a 24th of the picture, at least 8, rounded up to a multiple of 8.
constexpr int strip_rows(int height) {
  const int rows = height / 24 < 8 ? 8 : height / 24;
  return (rows + 7) / 8 * 8;
}

/// First column of a cell; cell 40 is the column after the last one. The cells cover all columns
/// even if the width is not a multiple of 40.
constexpr int strip_column(int cell, int width) { return cell * width / kStripCells; }

/// Which cells are white for `value`.
std::array<bool, kStripCells> strip_cells(std::uint32_t value);

/// Draws the strip into 8-bit luma (white 235, black 16); the caller sets the chroma.
void write_strip(std::uint8_t* luma, int width, int height, int stride, std::uint32_t value);

/// Reads the strip from a decoded picture's 8-bit luma, scaled or not. None if there is no strip or
/// its check cells are wrong.
std::optional<std::uint32_t> read_strip(const std::uint8_t* luma, int width, int height,
                                        int stride);

} // namespace fanlight::camsim
