#include "h26x/sps.h"

#include <algorithm>
#include <iterator>

#include "h26x/rbsp.h"

namespace fanlight::h26x {
namespace {

constexpr unsigned kMostOrderBits = 16;
constexpr std::int64_t kMostPixels = 16384; ///< Of a side; larger values are errors.

/// H.264, 7.3.2.1.1.1.
void skip_scaling_list(Rbsp& bits, unsigned size) {
  int last = 8;
  int next = 8;
  for (unsigned i = 0; i < size && next != 0 && bits.ok(); ++i) {
    next = static_cast<int>((static_cast<unsigned>(last) + static_cast<unsigned>(bits.se())) & 255);
    if (next != 0) last = next;
  }
}

/// Profiles with chroma_format_idc (H.264, 7.3.2.1.1).
bool is_high(std::uint32_t profile) {
  constexpr std::uint32_t kHigh[] = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244};
  return std::find(std::begin(kHigh), std::end(kHigh), profile) != std::end(kHigh);
}

/// H.265, 7.3.3.
void skip_profile_tier_level(Rbsp& bits, unsigned sub_layers) {
  constexpr unsigned kProfileBits = 88;
  constexpr unsigned kLevelBits = 8;
  bits.skip(kProfileBits + kLevelBits);
  unsigned more = 0;
  for (unsigned i = 0; i < sub_layers; ++i) {
    if (bits.flag()) more += kProfileBits;
    if (bits.flag()) more += kLevelBits;
  }
  if (sub_layers > 0) bits.skip(2 * (8 - sub_layers));
  bits.skip(more);
}

/// `size` luma samples without what the set crops at both sides, in units of `unit` samples. A size
/// that makes no sense is unknown: 0.
int cropped(std::int64_t size, std::int64_t unit, std::uint32_t before, std::uint32_t after) {
  const std::int64_t left = size - unit * (std::int64_t{before} + after);
  return left > 0 && left <= kMostPixels ? static_cast<int>(left) : 0;
}

/// How many luma samples lie beside one of chroma; 1 for chroma_format_idc 0 and 3.
int chroma_width(std::uint32_t format) { return format == 1 || format == 2 ? 2 : 1; }
int chroma_height(std::uint32_t format) { return format == 1 ? 2 : 1; }

/// chroma_format_idc and what follows it, up to the scaling lists (H.264); returns it.
std::uint32_t read_high_h264(Rbsp& bits, Sps& sps) {
  const std::uint32_t chroma = bits.ue();
  if (chroma == 3) sps.separate_planes = bits.flag();
  bits.ue(); // bit_depth_luma_minus8
  bits.ue(); // bit_depth_chroma_minus8
  bits.skip(1);
  if (bits.flag()) // seq_scaling_matrix_present_flag
    for (unsigned i = 0; i < (chroma == 3 ? 12u : 8u); ++i)
      if (bits.flag()) skip_scaling_list(bits, i < 6 ? 16 : 64);
  return chroma;
}

void read_order_h264(Rbsp& bits, Sps& sps) {
  const std::uint32_t order_type = bits.ue();
  if (order_type == 0) {
    sps.order_bits = bits.ue() + 4;
  } else if (order_type == 1) {
    // The count follows a cycle that no encoder uses; such frames count as in order.
    bits.skip(1);
    bits.se();
    bits.se();
    for (std::uint32_t cycle = bits.ue(); cycle > 0 && bits.ok(); --cycle) bits.se();
  }
}

} // namespace

std::optional<Sps> read_sps_h264(std::span<const std::uint8_t> unit) {
  if (unit.empty()) return {};
  Rbsp bits(unit.subspan(1));
  Sps sps;
  const std::uint32_t profile = bits.bits(8);
  bits.skip(16);
  sps.id = bits.ue();
  const std::uint32_t chroma = is_high(profile) ? read_high_h264(bits, sps) : 1;
  sps.frame_num_bits = bits.ue() + 4;
  read_order_h264(bits, sps);
  bits.ue(); // max_num_ref_frames
  bits.skip(1);
  const std::int64_t columns = std::int64_t{bits.ue()} + 1; // pic_width_in_mbs_minus1
  const std::int64_t rows = std::int64_t{bits.ue()} + 1;    // pic_height_in_map_units_minus1
  sps.frames_only = bits.flag();
  if (!bits.ok() || sps.frame_num_bits > 16 || sps.order_bits > kMostOrderBits) return {};

  const int fields = sps.frames_only ? 1 : 2;
  if (!sps.frames_only) bits.skip(1); // mb_adaptive_frame_field_flag
  bits.skip(1);                       // direct_8x8_inference_flag
  std::uint32_t crop[4] = {};
  if (bits.flag())
    for (std::uint32_t& side : crop) side = bits.ue();
  if (!bits.ok()) return sps;
  const std::uint32_t format = sps.separate_planes ? 0 : chroma;
  sps.width = cropped(16 * columns, chroma_width(format), crop[0], crop[1]);
  sps.height = cropped(16 * rows * fields, chroma_height(format) * fields, crop[2], crop[3]);
  return sps;
}

std::optional<Sps> read_sps_h265(std::span<const std::uint8_t> unit) {
  if (unit.size() < 2) return {};
  Rbsp bits(unit.subspan(2));
  Sps sps;
  bits.skip(4); // sps_video_parameter_set_id
  const unsigned sub_layers = bits.bits(3);
  bits.skip(1);
  if (sub_layers > 6) return {};
  skip_profile_tier_level(bits, sub_layers);
  sps.id = bits.ue();
  const std::uint32_t chroma = bits.ue();
  if (chroma == 3) sps.separate_planes = bits.flag();
  const std::int64_t width = bits.ue();
  const std::int64_t height = bits.ue();
  std::uint32_t crop[4] = {};
  if (bits.flag())
    for (std::uint32_t& side : crop) side = bits.ue(); // conf_win_*_offset
  bits.ue();                                           // bit_depth_luma_minus8
  bits.ue();                                           // bit_depth_chroma_minus8
  sps.order_bits = bits.ue() + 4;
  if (!bits.ok() || sps.order_bits > kMostOrderBits) return {};
  sps.width = cropped(width, chroma_width(chroma), crop[0], crop[1]);
  sps.height = cropped(height, chroma_height(chroma), crop[2], crop[3]);
  return sps;
}

} // namespace fanlight::h26x
