#include "camsim/picture/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "camsim/picture/font.h"

namespace fanlight::camsim {
namespace {

constexpr int round_up_4(int n) { return (n + 3) & ~3; }
constexpr int kGlyphColumns = 6; // Five dots and a gap.

std::uint8_t mix(std::uint8_t a, std::uint8_t b, int step, int steps) {
  return static_cast<std::uint8_t>(a + (b - a) * step / std::max(steps, 1));
}

} // namespace

Canvas::Canvas(int width, int height)
    : width_(width), height_(height), stride_(round_up_4(width)),
      chroma_stride_(round_up_4(width / 2)),
      data_(static_cast<std::size_t>(stride_ * height + chroma_stride_ * height), 128) {
  std::memset(data_.data(), kBlack.y, static_cast<std::size_t>(stride_ * height));
}

void Canvas::row(int x0, int x1, int y, Color color) {
  x0 = std::clamp(x0, 0, width_);
  x1 = std::clamp(x1, 0, width_);
  if (x0 >= x1 || y < 0 || y >= height_) return;
  std::memset(luma() + y * stride_ + x0, color.y, x1 - x0);
  if (y % 2) return;
  std::uint8_t* u = luma() + stride_ * height_ + y / 2 * chroma_stride_;
  std::uint8_t* v = u + chroma_stride_ * (height_ / 2);
  const int c0 = x0 / 2;
  const int c1 = (x1 + 1) / 2;
  std::memset(u + c0, color.u, c1 - c0);
  std::memset(v + c0, color.v, c1 - c0);
}

void Canvas::rectangle(int x, int y, int width, int height, Color color) {
  for (int i = 0; i < height; ++i) row(x, x + width, y + i, color);
}

void Canvas::disc(int x, int y, int radius, Color color) {
  for (int i = -radius; i <= radius; ++i) {
    const int half = static_cast<int>(std::sqrt(radius * radius - i * i));
    row(x - half, x + half, y + i, color);
  }
}

void Canvas::gradient(int y, int height, Color top, Color bottom) {
  for (int i = 0; i < height; ++i) {
    row(0, width_, y + i,
        {mix(top.y, bottom.y, i, height), mix(top.u, bottom.u, i, height),
         mix(top.v, bottom.v, i, height)});
  }
}

void Canvas::text(int x, int y, int scale, std::string_view text) {
  rectangle(x, y, text_width(scale, text), text_height(scale), kBlack);
  x += scale;
  y += scale;
  for (const char c : text) {
    const Glyph& dots = glyph(c);
    for (int dot_row = 0; dot_row < 7; ++dot_row) {
      for (int column = 0; column < 5; ++column) {
        if (dots[dot_row] >> (4 - column) & 1)
          rectangle(x + column * scale, y + dot_row * scale, scale, scale, kWhite);
      }
    }
    x += kGlyphColumns * scale;
  }
}

int text_width(int scale, std::string_view text) {
  return (static_cast<int>(text.size()) * kGlyphColumns + 1) * scale;
}

int text_height(int scale) { return 9 * scale; }

} // namespace fanlight::camsim
