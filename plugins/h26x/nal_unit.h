#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fanlight::h26x {

using Bytes = std::span<const std::uint8_t>;

enum class Codec { h264, h265 };

/// How many bytes the header of a NAL unit has.
constexpr std::size_t header_size(Codec codec) { return codec == Codec::h264 ? 1 : 2; }

/// What a NAL unit means for the borders between access units (H.264, 7.4.1.2.3; H.265, 7.4.2.4.4).
struct NalHead {
  enum class Role {
    slice,
    parameter_set,
    delimiter,
    prefix,  ///< Belongs to the slices after it: SEI.
    suffix,  ///< Belongs to the slices before it: suffix SEI, end of sequence.
    useless, ///< Filler, layers and views that browsers do not decode, or no NAL unit at all.
  };
  Role role = Role::useless;
  unsigned type = 0;
  /// A slice with which a browser can start: IDR of H.264, IRAP of H.265.
  bool key = false;
  /// The first slice of its picture.
  bool first = false;
};

/// Reads the header of a NAL unit and the bit after it; `begin` may be the beginning of the unit.
NalHead head_of(Codec codec, Bytes begin);

/// Whether a picture that is not a key one is meant as a place to start: its first slice is an
/// I slice (H.264 only). `begin`: at least 8 bytes of the slice, if it has them.
bool is_intra_slice(Codec codec, Bytes begin);

/// Whether an SEI has a recovery point (H.264, D.1.8; H.265, D.2.8).
bool has_recovery_point(Codec codec, Bytes unit);

} // namespace fanlight::h26x
