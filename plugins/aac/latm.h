#pragma once

#include <optional>
#include <vector>

#include "aac/audio_config.h"

namespace fanlight::aac {

/// How frames are multiplexed into AudioMuxElements (ISO/IEC 14496-3, 1.7.3), as far as cameras do
/// it: one program with one layer.
struct MuxConfig {
  AudioConfig audio;
  unsigned frames = 1;        ///< In an element.
  unsigned frame_bits = 0;    ///< Of each frame; 0: its length comes before it.
  std::size_t other_bits = 0; ///< Behind the frames.
};

/// Reads a StreamMuxConfig, and leaves `bits` behind it. None: it is none, or of another kind.
std::optional<MuxConfig> read_mux_config(Bits& bits);

/// Reads the frames of an AudioMuxElement, from `bits` on. None: it is no whole element.
std::optional<std::vector<std::vector<std::uint8_t>>> read_frames(Bits& bits,
                                                                  const MuxConfig& config);

} // namespace fanlight::aac
