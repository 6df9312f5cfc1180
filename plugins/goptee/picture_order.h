#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <gst/gst.h>

namespace fanlight::goptee {

/// Tells which pictures of H.264 and H.265 are shown before one that was sent earlier (B-frames, in
/// what cameras send), from the picture order count in their slice headers: a slice of type B alone
/// does not say it, nor do the timestamps of cameras that number pictures as they are sent.
///
/// Reads the parameter sets and the beginning of the first slice, nothing else. What cannot be read
/// is taken for a picture in order. Threads: none of its own; Tee locks.
class PictureOrder {
 public:
  enum class Codec { other, h264, h265 };
  /// What is looked at of a picture; parameter sets and SEI in front of it are part of it.
  static constexpr std::size_t kLongestHead = 4096;

  /// A stream begins of which nothing is known.
  void begin();
  /// What follows has these caps; only byte-stream with alignment=au is read.
  void set_caps(const GstCaps* caps);
  void set_codec(Codec codec);
  /// `key`: it may hold parameter sets.
  bool is_reordered(GstBuffer* picture, bool key);
  /// The same of the first bytes of a picture; nothing: its slice is not among them.
  std::optional<bool> read(std::span<const std::uint8_t> head);

 private:
  /// Of one NAL unit: whether its picture is reordered; nothing: it is no slice of one.
  std::optional<bool> unit_h264(std::span<const std::uint8_t> unit);
  std::optional<bool> unit_h265(std::span<const std::uint8_t> unit);
  void sps_h264(std::span<const std::uint8_t> unit);
  void sps_h265(std::span<const std::uint8_t> unit);
  void pps_h265(std::span<const std::uint8_t> unit);
  /// Whether a picture of this count comes before the highest so far; else it is the highest.
  bool place(std::uint32_t lsb, bool starts_anew);

  /// What the slice header's reader must know. Cameras have one of each; of more, the newest.
  struct Sps {
    bool known = false;
    bool separate_planes = false;
    bool frames_only = true;     ///< H.264.
    unsigned frame_num_bits = 0; ///< H.264.
    unsigned order_bits = 0;     ///< 0: the order of sending is that of showing.
  };
  struct Pps {
    bool known = false;
    bool has_output_flag = false;
    unsigned extra_bits = 0;
  };

  Codec codec_ = Codec::other;
  Sps sps_;
  Pps pps_; ///< H.265.
  std::optional<std::uint32_t> highest_;
  std::array<std::uint8_t, kLongestHead> head_{};
};

} // namespace fanlight::goptee
