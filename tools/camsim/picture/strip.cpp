#include "camsim/picture/strip.h"

#include <cstring>

namespace fanlight::camsim {
namespace {

constexpr std::uint8_t kWhite = 235;
constexpr std::uint8_t kBlack = 16;
constexpr int kMinContrast = 64;
constexpr int kValueCell = 2;
constexpr int kCheckCell = 34;

std::uint32_t check_nibble(std::uint32_t value) {
  std::uint32_t check = 0;
  for (int shift = 0; shift < 32; shift += 4) check ^= value >> shift & 0xf;
  return check;
}

/// The mean of the middle of a cell: encoders blur its edges.
int cell_mean(const std::uint8_t* luma, int width, int rows, int stride, int cell) {
  const int left = strip_column(cell, width);
  const int columns = strip_column(cell + 1, width) - left;
  const int x0 = left + columns / 4;
  const int x1 = left + columns - columns / 4;
  int sum = 0;
  int count = 0;
  for (int y = rows / 4; y < rows - rows / 4; ++y) {
    for (int x = x0; x < x1; ++x, ++count) sum += luma[y * stride + x];
  }
  return count ? sum / count : 0;
}

} // namespace

std::array<bool, kStripCells> strip_cells(std::uint32_t value) {
  std::array<bool, kStripCells> cells{};
  cells.front() = true;
  for (int bit = 0; bit < 32; ++bit) cells[kValueCell + bit] = value >> (31 - bit) & 1;
  const std::uint32_t check = check_nibble(value);
  for (int bit = 0; bit < 4; ++bit) cells[kCheckCell + bit] = check >> (3 - bit) & 1;
  cells.back() = true;
  return cells;
}

void write_strip(std::uint8_t* luma, int width, int height, int stride, std::uint32_t value) {
  const auto cells = strip_cells(value);
  for (int cell = 0; cell < kStripCells; ++cell) {
    const int x = strip_column(cell, width);
    std::memset(luma + x, cells[cell] ? kWhite : kBlack, strip_column(cell + 1, width) - x);
  }
  for (int y = 1; y < strip_rows(height); ++y) std::memcpy(luma + y * stride, luma, width);
}

std::optional<std::uint32_t> read_strip(const std::uint8_t* luma, int width, int height,
                                        int stride) {
  if (width < kStripCells || height < 8) return {};
  std::array<int, kStripCells> means{};
  for (int cell = 0; cell < kStripCells; ++cell)
    means[cell] = cell_mean(luma, width, strip_rows(height), stride, cell);
  if (means[0] - means[1] < kMinContrast) return {};

  const int threshold = (means[0] + means[1]) / 2;
  std::uint32_t value = 0;
  for (int bit = 0; bit < 32; ++bit) value = value << 1 | (means[kValueCell + bit] > threshold);
  const auto expected = strip_cells(value);
  for (int cell = kCheckCell; cell < kStripCells; ++cell) {
    if ((means[cell] > threshold) != expected[cell]) return {};
  }
  return value;
}

} // namespace fanlight::camsim
