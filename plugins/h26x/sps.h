#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace fanlight::h26x {

/// What is read of a sequence parameter set (H.264, 7.3.2.1.1; H.265, 7.3.2.2).
struct Sps {
  unsigned id = 0;
  bool separate_planes = false;
  bool frames_only = true;     ///< H.264.
  unsigned frame_num_bits = 0; ///< H.264.
  unsigned order_bits = 0;     ///< Of the picture order count; 0: pictures are sent as displayed.
  int width = 0;               ///< Pixels to show.
  int height = 0;
};

/// Both take a NAL unit with its header. None: it cannot be read.
std::optional<Sps> read_sps_h264(std::span<const std::uint8_t> unit);
std::optional<Sps> read_sps_h265(std::span<const std::uint8_t> unit);

} // namespace fanlight::h26x
