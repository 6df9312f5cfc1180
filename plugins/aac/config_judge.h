#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "aac/audio_config.h"

namespace fanlight::aac {

/// Finds out how a stream is to be decoded whose frames do not say it, whatever its description
/// says: cameras leave the configuration out, or describe another stream than they send.
///
/// - The first frame shows whether it is mono or stereo: its first element has one channel or two
///   (ISO/IEC 14496-3, 4.4.2.1).
/// - A frame has 1024 samples, if the configuration says no other number. If the configuration's
/// rate is not that of the RTP clock, the
///   timestamps show which one is right. Those that count samples do not: that fits the
///   clock, and also a wrong clock with a right configuration. Then the configuration is believed.
class ConfigJudge {
 public:
  /// So many frames without a clear sign, and the description is believed.
  static constexpr unsigned kPatience = 8;
  /// So many frames in a row of the same length show the rate.
  static constexpr unsigned kProofs = 3;

  ConfigJudge() = default;
  /// `described`: by the SDP, if it is a configuration. `channels`: by the rtpmap; 0: unsaid.
  ConfigJudge(std::optional<AudioConfig> described, int clock_rate, int channels);

  /// A frame has come with the RTP timestamp of its packet, the first of `units` of that packet.
  void see(Bytes frame, std::uint32_t timestamp, unsigned units);
  /// Packets are missing: the next timestamp shows nothing.
  void lose() { last_units_ = 0; }
  /// The stream itself says it.
  void settle(const AudioConfig& config);
  /// Null: more frames are needed.
  const std::shared_ptr<const AudioConfig>& config() const { return config_; }

 private:
  void measure(std::uint32_t timestamp, unsigned units);
  void decide();

  std::optional<AudioConfig> described_;
  int clock_rate_ = 0;
  int channels_ = 0; ///< By the rtpmap; then, as seen.
  bool seen_channels_ = false;
  int seen_rate_ = 0;
  unsigned frames_ = 0;
  std::uint32_t last_timestamp_ = 0;
  unsigned last_units_ = 0;
  std::uint32_t length_ = 0; ///< Of the last frame, in ticks of the RTP clock.
  unsigned proofs_ = 0;
  std::shared_ptr<const AudioConfig> config_;
};

} // namespace fanlight::aac
