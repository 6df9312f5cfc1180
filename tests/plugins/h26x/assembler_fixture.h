#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "h26x/access_unit_assembler.h"
#include "h26x/units.h"

namespace fanlight::h26x::test {

using Markers = AccessUnitAssembler::Markers;

inline constexpr std::uint32_t kFrame = 3600;

/// A camera that sends packets to an assembler, of the codec that is the parameter.
class AssemblerTest : public testing::TestWithParam<Codec> {
 protected:
  Codec codec() const { return GetParam(); }
  Unit slice(bool key, bool first, std::uint8_t fill = 0x11) const {
    return test::slice(codec(), key, first, fill);
  }
  /// A packet with that unit, of the picture `timestamp_`.
  void send(const Unit& unit, bool marker = false) {
    assembler_.take(
        {.number = number_++, .timestamp = timestamp_, .marker = marker, .payload = unit},
        timestamp_ / 90);
    collect();
  }
  void lose(std::uint16_t packets = 1) { number_ = static_cast<std::uint16_t>(number_ + packets); }
  void next_picture() { timestamp_ += kFrame; }
  void send_sets(bool marker = false) {
    const Sets sets = sets_of(codec());
    if (codec() == Codec::h265) send(sets.vps, marker);
    send(sets.sps, marker);
    send(sets.pps, marker);
  }
  Unit coded_sets() const {
    const Sets sets = sets_of(codec());
    return (codec() == Codec::h265 ? coded(sets.vps) : Unit{}) + coded(sets.sps) + coded(sets.pps);
  }
  /// The unit in fragments of `size` bytes, as a picture.
  void send_fragments(const Unit& unit, std::size_t size) {
    const std::size_t header = header_size(codec());
    for (std::size_t at = header; at < unit.size(); at += size) {
      const bool last = at + size >= unit.size();
      const auto flags = static_cast<std::uint8_t>((at == header ? 0x80 : 0) | (last ? 0x40 : 0));
      Unit packet;
      if (codec() == Codec::h264)
        packet = {static_cast<std::uint8_t>((unit[0] & 0xe0) | 28),
                  static_cast<std::uint8_t>(flags | (unit[0] & 0x1f))};
      else
        packet = {static_cast<std::uint8_t>((unit[0] & 0x81) | 49 << 1), unit[1],
                  static_cast<std::uint8_t>(flags | (unit[0] >> 1 & 0x3f))};
      const auto begin = unit.begin() + static_cast<std::ptrdiff_t>(at);
      packet.insert(packet.end(), begin,
                    last ? unit.end() : begin + static_cast<std::ptrdiff_t>(size));
      send(packet, last);
    }
    next_picture();
  }
  /// A picture of one slice.
  void send_picture(bool key, bool marker) {
    if (key) send_sets();
    send(slice(key, true), marker);
    next_picture();
  }
  /// Key picture and P pictures until the marker is used.
  void prove_markers() {
    send_picture(true, true);
    while (stats().markers != Markers::right) send_picture(false, true);
    // The last one, whose end was seen in the next.
    send_picture(false, true);
    units_.clear();
  }
  void collect() {
    while (auto unit = assembler_.next()) units_.push_back(std::move(*unit));
  }
  void end() {
    assembler_.end();
    collect();
  }
  const AccessUnitAssembler::Stats& stats() const { return assembler_.stats(); }

  AccessUnitAssembler assembler_{GetParam()};
  std::vector<AccessUnit> units_;
  std::uint16_t number_ = 65'530; // They soon start over.
  std::uint32_t timestamp_ = 0xffff'0000;
};

inline std::string name_of(const testing::TestParamInfo<Codec>& codec) {
  return codec.param == Codec::h264 ? "H264" : "H265";
}

} // namespace fanlight::h26x::test
