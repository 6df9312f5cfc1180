#include "camsim/picture/strip.h"

#include <vector>

#include <gtest/gtest.h>

namespace fanlight::camsim {
namespace {

struct Luma {
  Luma(int w, int h) : width(w), height(h), stride(w + 24), bytes(stride * h, 120) {}
  int width;
  int height;
  int stride;
  std::vector<std::uint8_t> bytes;

  void write(std::uint32_t value) { write_strip(bytes.data(), width, height, stride, value); }
  std::optional<std::uint32_t> read() const {
    return read_strip(bytes.data(), width, height, stride);
  }
  void fill_cell(int cell, std::uint8_t luma) {
    for (int y = 0; y < strip_rows(height); ++y) {
      for (int x = strip_column(cell, width); x < strip_column(cell + 1, width); ++x)
        bytes[y * stride + x] = luma;
    }
  }
};

TEST(StripTest, IsReadBackAtEverySizeOfPicture) {
  for (const auto& [width, height] : {std::pair{320, 180}, {352, 288}, {640, 360}, {1918, 1080}}) {
    for (const std::uint32_t value : {0u, 1u, 0x80000000u, 0xdeadbeefu, 0xffffffffu}) {
      Luma picture(width, height);
      picture.write(value);
      EXPECT_EQ(picture.read(), value) << width << "x" << height;
    }
  }
}

TEST(StripTest, IsAsManyRowsHighAsDocumented) {
  EXPECT_EQ(strip_rows(180), 8);
  EXPECT_EQ(strip_rows(360), 16);
  EXPECT_EQ(strip_rows(720), 32);
  EXPECT_EQ(strip_rows(1080), 48);
}

TEST(StripTest, LeavesTheRestOfThePictureAlone) {
  Luma picture(640, 360);
  picture.write(0xffffffff);
  EXPECT_EQ(picture.bytes[16 * picture.stride], 120);
  EXPECT_EQ(picture.bytes[640], 120);
}

TEST(StripTest, SurvivesLossOfContrastAndNoise) {
  Luma picture(320, 180);
  picture.write(0x12345678);
  unsigned noise = 1;
  for (std::uint8_t& luma : picture.bytes) {
    noise = noise * 1103515245 + 12345;
    luma = static_cast<std::uint8_t>(90 + luma / 3 + noise % 41 - 20);
  }
  EXPECT_EQ(picture.read(), 0x12345678u);
}

TEST(StripTest, RefusesAPictureWithoutIt) {
  EXPECT_EQ(Luma(640, 360).read(), std::nullopt);
  EXPECT_EQ(Luma(32, 360).read(), std::nullopt);
}

TEST(StripTest, NoticesEverySingleCellThatFlipped) {
  for (int cell = 2; cell < kStripCells; ++cell) {
    Luma picture(640, 360);
    picture.write(0x0f1e2d3c);
    picture.fill_cell(cell, strip_cells(0x0f1e2d3c)[cell] ? 16 : 235);
    EXPECT_EQ(picture.read(), std::nullopt) << cell;
  }
}

} // namespace
} // namespace fanlight::camsim
