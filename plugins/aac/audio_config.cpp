#include "aac/audio_config.h"

#include <algorithm>
#include <iterator>

namespace fanlight::aac {
namespace {

constexpr int kRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                          22050, 16000, 12000, 11025, 8000,  7350};
constexpr unsigned kExplicitRate = 15;

// Audio object types (ISO/IEC 14496-3, table 1.17).
constexpr unsigned kSbr = 5;
constexpr unsigned kErrorResilient = 17;
constexpr unsigned kLowDelay = 23;
constexpr unsigned kParametricStereo = 29;
/// Main, LC, SSR, LTP, and LC and LD with error resilience.
constexpr unsigned kTypes[] = {1, 2, 3, 4, kErrorResilient, kLowDelay};

unsigned read_type(Bits& bits) {
  const unsigned type = bits.read(5);
  return type == 31 ? 32 + bits.read(6) : type;
}

/// 0: it is none.
int read_rate(Bits& bits) {
  const unsigned index = bits.read(4);
  if (index == kExplicitRate) {
    const int rate = static_cast<int>(bits.read(24));
    return rate <= AudioConfig::kMostRate ? rate : 0;
  }
  return index < std::size(kRates) ? kRates[index] : 0;
}

unsigned index_of(int rate) {
  const auto* const found = std::find(std::begin(kRates), std::end(kRates), rate);
  return found == std::end(kRates) ? kExplicitRate : static_cast<unsigned>(found - kRates);
}

/// program_config_element (4.4.1.1), the layout of the channels; `begin`: where the configuration
/// begins, which it is aligned to.
void skip_layout(Bits& bits, std::size_t begin) {
  bits.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const unsigned front = bits.read(4);
  const unsigned side = bits.read(4);
  const unsigned back = bits.read(4);
  const unsigned low = bits.read(2);
  const unsigned data = bits.read(3);
  const unsigned coupling = bits.read(4);
  if (bits.flag()) bits.skip(4); // Mono mixdown.
  if (bits.flag()) bits.skip(4); // Stereo mixdown.
  if (bits.flag()) bits.skip(3); // Matrix mixdown.
  bits.skip(std::size_t{5} * (front + side + back + coupling) + std::size_t{4} * (low + data));
  bits.skip((8 - (bits.at() - begin) % 8) % 8);
  bits.skip(std::size_t{8} * bits.read(8)); // A comment.
}

/// GASpecificConfig (4.4.1), of which only the number of samples is of interest here.
int read_samples(Bits& bits, unsigned type, unsigned channels, std::size_t begin) {
  const int part = bits.flag() ? 480 : 512; // frameLengthFlag
  if (bits.flag()) bits.skip(14);           // dependsOnCoreCoder, coreCoderDelay
  const bool extended = bits.flag();
  if (channels == 0) skip_layout(bits, begin);
  const bool resilient = type == kErrorResilient || type == kLowDelay;
  if (extended) bits.skip(resilient ? 4 : 1);
  if (resilient) bits.skip(2); // epConfig
  return type == kLowDelay ? part : 2 * part;
}

/// The channels as they are counted; a configuration of 7 is eight.
constexpr unsigned kMostChannels = 7;

} // namespace

std::optional<AudioConfig> read_config(Bits& bits) {
  const std::size_t begin = bits.at();
  AudioConfig config;
  config.type = read_type(bits);
  config.rate = read_rate(bits);
  const unsigned channels = bits.read(4);
  if (config.type == kSbr || config.type == kParametricStereo) {
    config.sbr = true;
    read_rate(bits); // With SBR.
    config.type = read_type(bits);
  }
  if (config.rate == 0 || channels > kMostChannels ||
      std::find(std::begin(kTypes), std::end(kTypes), config.type) == std::end(kTypes))
    return {};
  config.channels = static_cast<int>(channels);
  config.samples = read_samples(bits, config.type, channels, begin);
  if (!bits.ok()) return {};
  config.bytes = bits.copy(begin, bits.at() - begin);
  return config;
}

AudioConfig make_config(int rate, int channels) {
  AudioConfig config{.type = AudioConfig::kLowComplexity,
                     .rate = rate,
                     .channels = channels,
                     .sbr = false,
                     .bytes = {}};
  std::uint64_t bits = AudioConfig::kLowComplexity;
  unsigned size = 5;
  const auto append = [&](unsigned count, unsigned value) {
    bits = bits << count | value;
    size += count;
  };
  const unsigned index = index_of(rate);
  append(4, index);
  if (index == kExplicitRate) append(24, static_cast<unsigned>(rate));
  append(4, static_cast<unsigned>(channels));
  append(3, 0);                           // Frames of 1024 samples, and nothing special.
  for (unsigned left = size; left > 0;) { // 16 or 40 bits.
    left -= 8;
    config.bytes.push_back(static_cast<std::uint8_t>(bits >> left));
  }
  return config;
}

bool is_usual_rate(int rate) { return index_of(rate) != kExplicitRate; }

std::optional<AdtsHeader> read_adts_header(Bytes bytes) {
  constexpr std::size_t kLeast = 7;
  if (bytes.size() < kLeast || bytes[0] != 0xff || (bytes[1] & 0xf6) != 0xf0) return {};
  Bits bits(bytes);
  bits.skip(15);
  const bool unprotected = bits.flag();
  const unsigned type = bits.read(2) + 1;
  const unsigned index = bits.read(4);
  bits.skip(1);
  const unsigned channels = bits.read(3);
  bits.skip(4);
  AdtsHeader header;
  header.frame_size = bits.read(13);
  header.header_size = unprotected ? kLeast : kLeast + 2;
  if (index >= std::size(kRates) || header.frame_size <= header.header_size) return {};
  header.config = make_config(kRates[index], static_cast<int>(channels));
  header.config.type = type;
  header.config.bytes[0] = static_cast<std::uint8_t>((header.config.bytes[0] & 0x07) | type << 3);
  return header;
}

} // namespace fanlight::aac
