#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "aac/bits.h"

namespace fanlight::aac {

/// What a decoder must know of a stream of AAC: an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
struct AudioConfig {
  unsigned type = 0;  ///< The audio object type: 2 is AAC-LC.
  int rate = 0;       ///< Hz; of the core, if there is SBR.
  int channels = 0;   ///< The channel configuration; 0: the stream says it.
  bool sbr = false;   ///< Said explicitly.
  int samples = 1024; ///< Of a frame; of the core, if there is SBR.
  std::vector<std::uint8_t> bytes;

  static constexpr unsigned kLowComplexity = 2;
  static constexpr int kMostRate = 192000; ///< Hz.

  bool operator==(const AudioConfig&) const = default;
};

/// Reads one, and leaves `bits` behind it. None: it is none, or of a kind that cameras do not use.
std::optional<AudioConfig> read_config(Bits& bits);
/// One of AAC-LC that says this. `rate`: at most kMostRate.
AudioConfig make_config(int rate, int channels);

/// Whether rates like that exist (ISO/IEC 14496-3, table 1.18).
bool is_usual_rate(int rate);

/// The header of an ADTS frame (ISO/IEC 14496-3, 1.A.2.2).
struct AdtsHeader {
  std::size_t header_size = 0;
  std::size_t frame_size = 0; ///< With the header.
  AudioConfig config;
};
/// None: `bytes` do not begin with one.
std::optional<AdtsHeader> read_adts_header(Bytes bytes);

} // namespace fanlight::aac
