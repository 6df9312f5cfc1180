#include "aac/latm.h"

#include <utility>

namespace fanlight::aac {
namespace {

/// LatmGetValue.
std::uint32_t read_value(Bits& bits) {
  std::uint32_t value = 0;
  for (unsigned bytes = bits.read(2) + 1; bytes > 0; --bytes) value = value << 8 | bits.read(8);
  return value;
}

std::optional<AudioConfig> read_audio(Bits& bits, bool has_length) {
  if (!has_length) return read_config(bits);
  const std::size_t length = read_value(bits);
  const std::size_t end = bits.at() + length;
  auto config = read_config(bits);
  if (!config || bits.at() > end) return {};
  bits.skip(end - bits.at());
  return config;
}

std::size_t read_other_bits(Bits& bits, bool as_value) {
  if (!bits.flag()) return 0;
  if (as_value) return read_value(bits);
  std::size_t count = 0;
  for (bool more = true; more && bits.ok();) {
    more = bits.flag();
    count = count << 8 | bits.read(8);
  }
  return count;
}

} // namespace

std::optional<MuxConfig> read_mux_config(Bits& bits) {
  const bool second_version = bits.flag();
  if (second_version && bits.flag()) return {}; // audioMuxVersionA
  if (second_version) read_value(bits);         // taraBufferFullness
  const bool same_framing = bits.flag();
  MuxConfig config;
  config.frames = bits.read(6) + 1;
  const unsigned programs = bits.read(4);
  const unsigned layers = bits.read(3);
  if (!same_framing || programs != 0 || layers != 0) return {};
  auto audio = read_audio(bits, second_version);
  if (!audio) return {};
  config.audio = std::move(*audio);
  switch (bits.read(3)) { // frameLengthType
  case 0: bits.skip(8); break;
  case 1: config.frame_bits = (bits.read(9) + 20) * 8; break;
  default: return {};
  }
  config.other_bits = read_other_bits(bits, second_version);
  if (bits.flag()) bits.skip(8); // crcCheckSum
  return bits.ok() ? std::optional{config} : std::nullopt;
}

std::optional<std::vector<std::vector<std::uint8_t>>> read_frames(Bits& bits,
                                                                  const MuxConfig& config) {
  std::vector<std::vector<std::uint8_t>> frames;
  for (unsigned i = 0; i < config.frames; ++i) {
    std::size_t size = config.frame_bits;
    if (size == 0) {
      std::uint32_t part = 255;
      while (part == 255 && bits.ok()) {
        part = bits.read(8);
        size += std::size_t{part} * 8;
      }
    }
    if (!bits.ok() || size == 0 || size > bits.left()) return {};
    frames.push_back(bits.copy(bits.at(), size));
    bits.skip(size);
  }
  if (config.other_bits > bits.left()) return {};
  return frames;
}

} // namespace fanlight::aac
