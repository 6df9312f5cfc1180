#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace fanlight::camsim {

struct Color {
  std::uint8_t y = 16;
  std::uint8_t u = 128;
  std::uint8_t v = 128;
};

constexpr Color kWhite{235, 128, 128};
constexpr Color kBlack{16, 128, 128};

/// One I420 picture in GStreamer's default layout, with drawing functions that clip.
class Canvas {
 public:
  /// Both even.
  Canvas(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  int stride() const { return stride_; }
  std::uint8_t* luma() { return data_.data(); }
  const std::vector<std::uint8_t>& data() const { return data_; }

  void rectangle(int x, int y, int width, int height, Color color);
  void disc(int x, int y, int radius, Color color);
  /// A gradient from `top` to `bottom` over the rows y .. y + height.
  void gradient(int y, int height, Color top, Color bottom);
  /// One line of ASCII on a black plate, in upper case; `scale` is the size of a dot of the 5x7
  /// glyphs.
  void text(int x, int y, int scale, std::string_view text);

 private:
  void row(int x0, int x1, int y, Color color);

  const int width_;
  const int height_;
  const int stride_;
  const int chroma_stride_;
  std::vector<std::uint8_t> data_;
};

/// Width of a line of text with its plate.
int text_width(int scale, std::string_view text);
int text_height(int scale);

} // namespace fanlight::camsim
