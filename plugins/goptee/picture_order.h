#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <gst/gst.h>

#include "h26x/sps.h"

namespace fanlight::goptee {

/// Finds frames of H.264 and H.265 that are shown before one that was sent earlier (in cameras:
/// B-frames), by the picture order count in their slice headers. Neither slice type B nor
/// timestamps are enough: some cameras number frames in the order of sending.
///
/// Reads only the parameter sets and the beginning of the first slice. A frame that cannot be read
/// counts as in order. Threads: none of its own; Tee locks.
class PictureOrder {
 public:
  enum class Codec { other, h264, h265 };
  /// How many bytes of a frame are read, including parameter sets and SEI before its slice.
  static constexpr std::size_t kLongestHead = 4096;

  /// A stream begins; nothing is known about it.
  void begin();
  /// Caps of the following frames; reads only byte-stream with alignment=au.
  void set_caps(const GstCaps* caps);
  void set_codec(Codec codec);
  /// `key`: the frame may contain parameter sets.
  bool is_reordered(GstBuffer* picture, bool key);
  /// The same for the first bytes of a frame; none: they do not contain the slice.
  std::optional<bool> read(std::span<const std::uint8_t> head);

 private:
  /// For one NAL unit: whether its frame is reordered; none: it is not a slice.
  std::optional<bool> unit_h264(std::span<const std::uint8_t> unit);
  std::optional<bool> unit_h265(std::span<const std::uint8_t> unit);
  /// None: the set cannot be read.
  void take_sps(const std::optional<h26x::Sps>& sps);
  void pps_h265(std::span<const std::uint8_t> unit);
  /// Whether a frame with this count precedes the highest so far; if not, it becomes the highest.
  bool place(std::uint32_t lsb, bool starts_anew);

  /// What is needed to read slice headers of H.265.
  struct Pps {
    bool known = false;
    bool has_output_flag = false;
    unsigned extra_bits = 0;
  };

  Codec codec_ = Codec::other;
  // Cameras have one set of each kind; of several, the newest counts.
  bool sps_known_ = false;
  h26x::Sps sps_;
  Pps pps_; ///< H.265.
  std::optional<std::uint32_t> highest_;
  std::array<std::uint8_t, kLongestHead> head_{};
};

} // namespace fanlight::goptee
