#include "picture_order.h"

#include <algorithm>

#include "h26x/rbsp.h"

namespace fanlight::goptee {
namespace {

using h26x::Rbsp;

using Bytes = std::span<const std::uint8_t>;

/// Enough for the slice of most frames.
constexpr std::size_t kShortHead = 128;

/// The NAL unit after the next start code; `rest` then begins behind that start code.
Bytes next_unit(Bytes& rest) {
  for (std::size_t i = 0; i + 3 < rest.size(); ++i) {
    if (rest[i] != 0 || rest[i + 1] != 0 || rest[i + 2] != 1) continue;
    rest = rest.subspan(i + 3);
    return rest;
  }
  return {};
}

} // namespace

void PictureOrder::begin() {
  codec_ = Codec::other;
  sps_known_ = false;
  sps_ = {};
  pps_ = {};
  highest_.reset();
}

void PictureOrder::set_caps(const GstCaps* caps) {
  Codec codec = Codec::other;
  const GstStructure* structure =
      gst_caps_get_size(caps) > 0 ? gst_caps_get_structure(caps, 0) : nullptr;
  if (structure != nullptr &&
      g_strcmp0(gst_structure_get_string(structure, "stream-format"), "byte-stream") == 0 &&
      g_strcmp0(gst_structure_get_string(structure, "alignment"), "au") == 0) {
    if (gst_structure_has_name(structure, "video/x-h264")) codec = Codec::h264;
    if (gst_structure_has_name(structure, "video/x-h265")) codec = Codec::h265;
  }
  set_codec(codec);
}

void PictureOrder::set_codec(Codec codec) {
  // Keeps the parameter sets: caps also change for other reasons, such as the frame rate.
  if (codec == codec_) return;
  begin();
  codec_ = codec;
}

bool PictureOrder::is_reordered(GstBuffer* picture, bool key) {
  if (codec_ == Codec::other) return false;
  std::size_t wanted = key ? kLongestHead : kShortHead;
  while (true) {
    const std::size_t size = gst_buffer_extract(picture, 0, head_.data(), wanted);
    const std::optional<bool> reordered = read(Bytes{head_}.first(size));
    if (reordered) return *reordered;
    if (size < wanted || wanted == kLongestHead) return false;
    wanted = kLongestHead;
  }
}

std::optional<bool> PictureOrder::read(Bytes head) {
  for (Bytes unit = next_unit(head); !unit.empty(); unit = next_unit(head)) {
    const auto reordered = codec_ == Codec::h264 ? unit_h264(unit) : unit_h265(unit);
    if (reordered) return reordered;
  }
  return std::nullopt;
}

bool PictureOrder::place(std::uint32_t lsb, bool starts_anew) {
  if (highest_ && !starts_anew) {
    // The count is modulo 2^order_bits; a value less than half the range behind is earlier
    // (H.264, 8.2.1.1; H.265, 8.3.1).
    const std::uint32_t range = 1u << sps_.order_bits;
    const std::uint32_t behind = (*highest_ - lsb) & (range - 1);
    if (behind > 0 && behind < range / 2) return true;
  }
  highest_ = lsb;
  return false;
}

// ---- H.264, 7.3.3 ----

std::optional<bool> PictureOrder::unit_h264(Bytes unit) {
  constexpr unsigned kSlice = 1;
  constexpr unsigned kPartitionA = 2;
  constexpr unsigned kIdr = 5;
  constexpr unsigned kSps = 7;
  const unsigned type = unit[0] & 31u;
  if (type == kSps) take_sps(h26x::read_sps_h264(unit));
  if (type != kSlice && type != kPartitionA && type != kIdr) return std::nullopt;
  if (!sps_known_ || sps_.order_bits == 0) return false;

  Rbsp bits(unit.subspan(1));
  bits.ue(); // first_mb_in_slice
  const std::uint32_t slice_type = bits.ue();
  bits.ue(); // pic_parameter_set_id
  if (sps_.separate_planes) bits.skip(2);
  bits.skip(sps_.frame_num_bits);
  if (!sps_.frames_only && bits.flag()) bits.skip(1); // field_pic_flag, bottom_field_flag
  if (type == kIdr) bits.ue();                        // idr_pic_id
  const std::uint32_t lsb = bits.bits(sps_.order_bits);
  if (!bits.ok()) return false;
  // P and I pictures are in order; if their count says otherwise, it was reset in mid-stream
  // (memory_management_control_operation 5).
  const bool may_be_reordered = slice_type % 5 == 1;
  return place(lsb, !may_be_reordered);
}

void PictureOrder::take_sps(const std::optional<h26x::Sps>& sps) {
  if (sps && sps->order_bits != sps_.order_bits) highest_.reset();
  sps_known_ = sps.has_value();
  sps_ = sps.value_or(h26x::Sps{});
}

// ---- H.265, 7.3.2.3 and 7.3.6.1 ----

std::optional<bool> PictureOrder::unit_h265(Bytes unit) {
  constexpr unsigned kHighestLeading = 9; // TRAIL_N to RASL_R
  constexpr unsigned kFirstIrap = 16;
  constexpr unsigned kIdrWithLeading = 19;
  constexpr unsigned kIdr = 20;
  constexpr unsigned kCra = 21;
  constexpr unsigned kSps = 33;
  constexpr unsigned kPps = 34;
  if (unit.size() < 3) return std::nullopt;
  const unsigned type = unit[0] >> 1 & 63u;
  if ((unit[0] & 1u) != 0 || unit[1] >> 3 != 0) return std::nullopt; // Of another layer.
  if (type == kSps) take_sps(h26x::read_sps_h265(unit));
  if (type == kPps) pps_h265(unit);
  if (type > kHighestLeading && (type < kFirstIrap || type > kCra)) return std::nullopt;
  const bool irap = type >= kFirstIrap;
  if (!sps_known_ || !pps_.known) return false;

  Rbsp bits(unit.subspan(2));
  // first_slice_segment_in_pic_flag: the beginning of the frame was missed.
  if (!bits.flag()) return false;
  if (irap) bits.skip(1); // no_output_of_prior_pics_flag
  bits.ue();              // slice_pic_parameter_set_id
  bits.skip(pps_.extra_bits);
  bits.ue(); // slice_type
  if (pps_.has_output_flag) bits.skip(1);
  if (sps_.separate_planes) bits.skip(2);
  const bool idr = type == kIdrWithLeading || type == kIdr;
  const std::uint32_t lsb = idr ? 0 : bits.bits(sps_.order_bits);
  if (!bits.ok()) return false;
  return place(lsb, irap);
}

void PictureOrder::pps_h265(Bytes unit) {
  Rbsp bits(unit.subspan(2));
  Pps pps;
  bits.ue(); // pps_pic_parameter_set_id
  bits.ue(); // pps_seq_parameter_set_id
  // Dependent slice segments lack what is read here, but are never the first of a frame.
  bits.skip(1);
  pps.has_output_flag = bits.flag();
  pps.extra_bits = bits.bits(3);
  pps.known = bits.ok();
  pps_ = pps;
}

} // namespace fanlight::goptee
