#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "config/config.h"

namespace fanlight::camsim {

/// The content of an SEI user_data_unregistered (payload type 5: H.264 D.1.7, H.265 D.2.7) in every
/// access unit of a looped camera: the UUID below, then both members as big-endian 64 and 32 bits.
struct SendStamp {
  std::uint64_t unix_us = 0; ///< CLOCK_REALTIME when it was sent, µs.
  std::uint32_t frame = 0;   ///< Position in the loop, as in the strip.

  bool operator==(const SendStamp&) const = default;
};

/// 5c1e7a90-24d6-4b0f-9c3a-66616e6c6974; the last six bytes read "fanlit".
constexpr std::array<std::uint8_t, 16> kSendStampUuid = {
    0x5c, 0x1e, 0x7a, 0x90, 0x24, 0xd6, 0x4b, 0x0f, 0x9c, 0x3a, 0x66, 0x61, 0x6e, 0x6c, 0x69, 0x74};

/// How NAL units follow each other in an access unit.
enum class NalFraming {
  byte_stream,     ///< Annex B start codes.
  length_prefixed, ///< Four bytes of length (avc, hvc1).
};

/// The complete NAL unit, from header to trailing bits, with emulation prevention, without start
/// code or length.
std::vector<std::uint8_t> write_send_stamp(config::VideoCodec codec, SendStamp stamp);

/// Reads one NAL unit; none if it is not an SEI with such a message.
std::optional<SendStamp> read_send_stamp(config::VideoCodec codec,
                                         std::span<const std::uint8_t> nal);

/// Searches a complete access unit.
std::optional<SendStamp> find_send_stamp(config::VideoCodec codec, NalFraming framing,
                                         std::span<const std::uint8_t> access_unit);

/// The NAL units of an access unit, without start codes or lengths. Stops at a length that exceeds
/// the data.
std::vector<std::span<const std::uint8_t>> split_nals(NalFraming framing,
                                                      std::span<const std::uint8_t> access_unit);

/// Whether a unit of a clip has a slice of an IDR picture.
bool has_idr(config::VideoCodec codec, std::span<const std::uint8_t> length_prefixed);

} // namespace fanlight::camsim
