#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "camsim/picture/canvas.h"

namespace fanlight::camsim {

/// The scene of a camera: a still background with moving objects, its name and the frame number as
/// text, the strip, and a lamp that lights at each full second together with the beep.
///
/// All motion repeats after `loop_frames`, so that the last frame continues with the first.
/// Threads: one at a time.
class Scene {
 public:
  Scene(std::string label, int width, int height, int fps, int loop_frames);

  /// Paints frame `position` with the value `strip` in the strip and `caption` at the bottom.
  const Canvas& paint(std::uint64_t position, std::uint32_t strip, const std::string& caption);

 private:
  void paint_place();
  void paint_movers(double turn);
  void add_grain(std::uint64_t position);

  const std::string label_;
  const int fps_;
  const int loop_frames_;
  const int place_; ///< Index of the background.
  Canvas still_;    ///< The background, painted once.
  Canvas canvas_;
  std::vector<std::int8_t> grain_;
};

/// "000123  00:04.92": the number of a frame and its time in the loop.
std::string frame_caption(std::uint64_t frame, int fps);

/// "000123  14:05:07.120 UTC": frame and wall clock.
std::string wall_clock_caption(std::uint64_t frame, std::uint64_t unix_us);

} // namespace fanlight::camsim
