#include "camsim/picture/scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <random>

#include "camsim/picture/strip.h"

namespace fanlight::camsim {
namespace {

enum Place { door, garden, garage, street };

constexpr Color kSkyTop{150, 160, 108};
constexpr Color kSkyBottom{205, 138, 120};
constexpr Color kDuskTop{70, 150, 118};
constexpr Color kDuskBottom{150, 112, 150};
constexpr Color kGrassFar{120, 105, 118};
constexpr Color kGrassNear{85, 100, 115};
constexpr Color kWall{165, 116, 140};
constexpr Color kWood{80, 110, 150};
constexpr Color kGlass{120, 145, 118};
constexpr Color kSkin{185, 110, 150};
constexpr Color kLeaf{75, 104, 112};
constexpr Color kStone{130, 126, 130};
constexpr Color kAsphalt{62, 130, 127};
constexpr Color kSun{225, 60, 155};
constexpr Color kRed{85, 105, 215};
constexpr Color kBlue{90, 190, 105};
constexpr Color kLamp{210, 50, 150};

constexpr int kGrainSide = 512; ///< The grain is a tile of random luma that moves with every frame.
constexpr int kGrain = 5;       ///< Its amplitude.

Place choose_place(const std::string& label) {
  std::string lower;
  for (const char c : label) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  constexpr std::array<const char*, 4> kWords = {"front", "garden", "garage", "street"};
  std::uint32_t hash = 2166136261u;
  for (const char c : lower) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (lower.find(kWords[i]) != std::string::npos) return static_cast<Place>(i);
  }
  return static_cast<Place>(hash % kWords.size());
}

/// A sawtooth 0..1 that ends where it began after a full turn.
double sweep(double turn, int times, double phase) {
  const double t = turn * times + phase;
  return t - std::floor(t);
}

double swing(double turn, int times, double phase) {
  return std::sin(2 * std::numbers::pi * (turn * times + phase));
}

} // namespace

std::string frame_caption(std::uint64_t frame, int fps) {
  const auto seconds = frame / fps;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%06llu  %02d:%02d.%02d",
                static_cast<unsigned long long>(frame), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60), static_cast<int>(frame % fps * 100 / fps));
  return text.data();
}

std::string wall_clock_caption(std::uint64_t frame, std::uint64_t unix_us) {
  const auto ms = unix_us / 1000;
  const auto seconds = ms / 1000;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%06llu  %02d:%02d:%02d.%03d UTC",
                static_cast<unsigned long long>(frame), static_cast<int>(seconds / 3600 % 24),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                static_cast<int>(ms % 1000));
  return text.data();
}

Scene::Scene(std::string label, int width, int height, int fps, int loop_frames)
    : label_(std::move(label)), fps_(fps), loop_frames_(loop_frames), place_(choose_place(label_)),
      still_(width, height), canvas_(width, height), grain_(kGrainSide * 2 * kGrainSide) {
  std::minstd_rand random(7);
  for (std::int8_t& step : grain_)
    step = static_cast<std::int8_t>(static_cast<int>(random() % (2 * kGrain + 1)) - kGrain);
  paint_place();
}

void Scene::paint_place() {
  const int w = still_.width();
  const int h = still_.height();
  const auto box = [&](double x, double y, double width, double height, Color color) {
    still_.rectangle(static_cast<int>(x * w), static_cast<int>(y * h), static_cast<int>(width * w),
                     static_cast<int>(height * h), color);
  };
  const auto ball = [&](double x, double y, double radius, Color color) {
    still_.disc(static_cast<int>(x * w), static_cast<int>(y * h), static_cast<int>(radius * h),
                color);
  };
  const bool dusk = place_ == garage;
  still_.gradient(0, h * 6 / 10, dusk ? kDuskTop : kSkyTop, dusk ? kDuskBottom : kSkyBottom);
  still_.gradient(h * 6 / 10, h - h * 6 / 10, kGrassFar, kGrassNear);

  switch (place_) {
  case door:
    box(0.52, 0.22, 0.40, 0.52, kWall);
    box(0.50, 0.18, 0.44, 0.06, kWood);
    box(0.64, 0.40, 0.11, 0.34, kWood);
    ball(0.735, 0.58, 0.012, kSun);
    box(0.55, 0.36, 0.06, 0.14, kGlass);
    box(0.80, 0.36, 0.09, 0.14, kGlass);
    box(0.62, 0.74, 0.15, 0.26, kStone);
    break;
  case garden:
    for (const double x : {0.12, 0.34, 0.80}) {
      box(x - 0.012, 0.48, 0.024, 0.22, kWood);
      ball(x, 0.40, 0.13, kLeaf);
      ball(x - 0.05, 0.46, 0.09, kLeaf);
      ball(x + 0.05, 0.46, 0.09, kLeaf);
    }
    for (int i = 0; i < 18; ++i) box(0.02 + i * 0.055, 0.60, 0.012, 0.10, kWhite);
    box(0.0, 0.63, 1.0, 0.015, kWhite);
    ball(0.58, 0.84, 0.09, kBlue);
    break;
  case garage:
    box(0.10, 0.26, 0.80, 0.46, kWall);
    box(0.08, 0.20, 0.84, 0.07, kStone);
    for (int i = 0; i < 6; ++i) box(0.18, 0.36 + i * 0.06, 0.40, 0.05, kStone);
    box(0.68, 0.42, 0.10, 0.30, kWood);
    box(0.0, 0.72, 1.0, 0.28, kAsphalt);
    break;
  default:
    for (int i = 0; i < 5; ++i) {
      const double top = 0.24 + 0.06 * (i * 7 % 4);
      box(0.02 + i * 0.2, top, 0.16, 0.62 - top, i % 2 ? kWall : kStone);
      for (int k = 0; k < 6; ++k)
        box(0.045 + i * 0.2 + k % 3 * 0.042, top + 0.06 + k / 3 * 0.10, 0.025, 0.05, kGlass);
    }
    box(0.0, 0.62, 1.0, 0.03, kStone);
    box(0.0, 0.65, 1.0, 0.35, kAsphalt);
    for (int i = 0; i < 10; ++i) box(i * 0.1 + 0.02, 0.81, 0.06, 0.012, kWhite);
    break;
  }
}

void Scene::paint_movers(double turn) {
  const int w = canvas_.width();
  const int h = canvas_.height();
  const auto box = [&](double x, double y, double width, double height, Color color) {
    canvas_.rectangle(static_cast<int>(x * w), static_cast<int>(y * h), static_cast<int>(width * w),
                      static_cast<int>(height * h), color);
  };
  const auto ball = [&](double x, double y, double radius, Color color) {
    canvas_.disc(static_cast<int>(x * w), static_cast<int>(y * h), static_cast<int>(radius * h),
                 color);
  };
  const auto car = [&](double x, double y, double size, Color color) {
    box(x, y, size, size * 0.55, color);
    box(x + size * 0.2, y - size * 0.4, size * 0.5, size * 0.42, color);
    box(x + size * 0.25, y - size * 0.3, size * 0.4, size * 0.26, kGlass);
    ball(x + size * 0.22, y + size * 0.55, size * 0.28, kBlack);
    ball(x + size * 0.78, y + size * 0.55, size * 0.28, kBlack);
  };
  const auto walker = [&](double x, double y, double size, Color coat, double step) {
    const double wide = size * h / w; // As many columns as `size` is rows.
    box(x - wide * 0.13 + step * wide * 0.07, y - size * 0.32, wide * 0.11, size * 0.32, kBlack);
    box(x + wide * 0.02 - step * wide * 0.07, y - size * 0.32, wide * 0.11, size * 0.32, kBlack);
    box(x - wide * 0.16, y - size * 0.72, wide * 0.32, size * 0.44, coat);
    ball(x, y - size * 0.86, size * 0.13, kSkin);
  };

  // Every place has clouds in the sky.
  for (int i = 0; i < 3; ++i) {
    const double x = sweep(turn, 1 + i % 2, i * 0.37) * 1.4 - 0.2;
    const double y = 0.13 + 0.03 * i;
    ball(x, y, 0.035, kWhite);
    ball(x + 0.03, y - 0.01, 0.045, kWhite);
    ball(x + 0.065, y, 0.03, kWhite);
  }
  switch (place_) {
  case door:
    walker(sweep(turn, 2, 0.1) * 1.2 - 0.1, 0.92, 0.26, kRed, swing(turn, 40, 0));
    ball(0.30 + 0.12 * swing(turn, 5, 0.2), 0.80 - 0.14 * std::abs(swing(turn, 10, 0)), 0.035,
         kSun);
    break;
  case garden:
    for (int i = 0; i < 6; ++i)
      ball(0.5 + 0.42 * swing(turn, 2 + i % 3, i * 0.17),
           0.50 + 0.22 * swing(turn, 3 + i % 4, i * 0.29), 0.012, i % 2 ? kSun : kRed);
    walker(0.5 + 0.4 * swing(turn, 1, 0.0), 0.95, 0.28, kBlue, swing(turn, 32, 0));
    break;
  case garage:
    car(sweep(turn, 2, 0.0) * 1.5 - 0.3, 0.80, 0.20, kRed);
    box(0.18, 0.36, 0.40, 0.18 * (1 + swing(turn, 2, 0.0)), kBlack);
    break;
  default:
    car(sweep(turn, 4, 0.0) * 1.4 - 0.2, 0.72, 0.13, kRed);
    car(1.2 - sweep(turn, 3, 0.5) * 1.4, 0.87, 0.16, kBlue);
    car(sweep(turn, 2, 0.6) * 1.4 - 0.2, 0.73, 0.12, kSun);
    walker(1.1 - sweep(turn, 1, 0.3) * 1.2, 0.66, 0.14, kLeaf, swing(turn, 40, 0));
    break;
  }
}

void Scene::add_grain(std::uint64_t position) {
  std::minstd_rand random(static_cast<unsigned>(position % loop_frames_ + 1));
  random.discard(3);
  for (int y = strip_rows(canvas_.height()); y < canvas_.height(); ++y) {
    std::uint8_t* luma = canvas_.luma() + y * canvas_.stride();
    // Another position in the tile for each row and frame.
    const std::int8_t* tile = grain_.data() + random() % (grain_.size() - canvas_.width());
    // Luma from 16 to 235 leaves room for the grain: no overflow, and easy to vectorise.
    for (int x = 0; x < canvas_.width(); ++x)
      luma[x] = static_cast<std::uint8_t>(luma[x] + tile[x]);
  }
}

const Canvas& Scene::paint(std::uint64_t position, std::uint32_t strip,
                           const std::string& caption) {
  std::ranges::copy(still_.data(), canvas_.luma());
  const auto in_loop = static_cast<int>(position % loop_frames_);
  paint_movers(static_cast<double>(in_loop) / loop_frames_);
  add_grain(position);

  const int w = canvas_.width();
  const int h = canvas_.height();
  const int scale = std::max(2, h / 110);
  const int top = strip_rows(h);
  canvas_.text(scale * 4, top + scale * 4, scale, label_.substr(0, w / (6 * scale) - 3));
  canvas_.text(scale * 4, h - text_height(scale) - scale * 4, scale, caption);
  const bool lit = static_cast<int>(position % fps_) * 10 < fps_; // The first 100 ms.
  canvas_.disc(w - scale * 9, top + scale * 9, scale * 5, lit ? kLamp : kBlack);

  canvas_.rectangle(0, 0, w, top, kBlack);
  write_strip(canvas_.luma(), w, h, canvas_.stride(), strip);
  return canvas_;
}

} // namespace fanlight::camsim
