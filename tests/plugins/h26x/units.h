#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "h26x/access_unit_assembler.h"

/// NAL units for tests: real parameter sets, and slices of which only the beginning is real.
namespace fanlight::h26x::test {

using Unit = std::vector<std::uint8_t>;
using Units = std::vector<Unit>;

inline Unit from_hex(const std::string& text) {
  Unit bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

inline Unit operator+(Unit a, const Unit& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The sets of a stream of 1920x1080.
struct Sets {
  Unit vps; ///< H.265.
  Unit sps;
  Unit pps;
};

inline Sets sets_of(Codec codec) {
  if (codec == Codec::h264)
    return {{},
            from_hex("6742c028d900780227e5c05a808080a0000003002000000651e30649"),
            from_hex("68cb8cb2")};
  return {from_hex("40010c01ffff016000000300900000030000030078959809"),
          from_hex("420101016000000300900000030000030078a003c08010e596566924cafff000100016a0202020"
                   "80000003008000000c84"),
          from_hex("4401c172b46240")};
}

/// H.264 with fields: frame_mbs_only_flag is 0, frame_num has 4 bits.
inline Sets interlaced_sets() {
  return {{},
          from_hex("674d401eeca05a126c05283030352800000300080000030194f8a14cb0"),
          from_hex("68fbacb2")};
}

/// A slice of `size` bytes; `first`: the first of its picture.
inline Unit slice(Codec codec, bool key, bool first, std::uint8_t fill = 0x11,
                  std::size_t size = 40) {
  Unit unit = codec == Codec::h264 ? Unit{static_cast<std::uint8_t>(key ? 0x65 : 0x41)}
                                   : Unit{static_cast<std::uint8_t>((key ? 19 : 1) << 1), 1};
  // first_mb_in_slice 0 and slice_type 5 (P): 1 00110. Or first_mb_in_slice 1: 010 00110.
  unit.push_back(first ? 0x9a : 0x46);
  unit.resize(size, fill);
  return unit;
}

inline Unit sei(Codec codec) {
  return codec == Codec::h264 ? Unit{6, 5, 2, 0xaa, 0xbb, 0x80}
                              : Unit{39 << 1, 1, 5, 1, 0xaa, 0x80};
}
/// One with a recovery point in 0 frames.
inline Unit recovery_point(Codec codec) {
  return codec == Codec::h264 ? Unit{6, 6, 1, 0xc4, 0x80} : Unit{39 << 1, 1, 6, 1, 0xc0, 0x80};
}
inline Unit suffix_sei() { return {40 << 1, 1, 5, 1, 0xaa, 0x80}; }
inline Unit delimiter(Codec codec) {
  return codec == Codec::h264 ? Unit{9, 0xf0} : Unit{35 << 1, 1, 0x50};
}

inline constexpr std::size_t kLargePps = 1000;
/// The set number `index` of 32, with another id than that of sets_of().
inline Unit large_pps(Codec codec, unsigned index, std::uint8_t fill) {
  Unit unit = codec == Codec::h264 ? Unit{0x68} : Unit{0x44, 1};
  // The id is 31 + index: 00000 1xxxxx.
  unit.push_back(static_cast<std::uint8_t>(4 | index >> 3));
  unit.push_back(static_cast<std::uint8_t>((index & 7) << 5 | 0x1f));
  unit.resize(kLargePps, fill);
  return unit;
}

/// A payload with all of them (STAP-A, aggregation packet).
inline Unit aggregate(Codec codec, const Units& units) {
  Unit payload = codec == Codec::h264 ? Unit{24} : Unit{48 << 1, 1};
  for (const Unit& unit : units)
    payload =
        payload +
        Unit{static_cast<std::uint8_t>(unit.size() >> 8), static_cast<std::uint8_t>(unit.size())} +
        unit;
  return payload;
}

/// With a start code.
inline Unit coded(const Unit& unit) { return Unit{0, 0, 0, 1} + unit; }

} // namespace fanlight::h26x::test
