#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fanlight::media {

/// A camera's answers to the SETUPs of one description, corrected for rtspsrc.
///
/// rtspsrc 1.22 gives up without a Transport header, never finds the packets of a stream whose
/// answer names no channels, repeats the SETUP for ever if it cannot parse the answer, and reads
/// nothing that follows a space. Threads: one at a time, rtspsrc's.
class SetupAnswers {
 public:
  /// The Transport header for rtspsrc (RFC 2326, section 12.39): what the camera answered where
  /// that fits the request, otherwise what was requested. `answered` is empty if the camera sent
  /// none.
  std::string mended(const std::string& requested, const std::string& answered);
  /// The channel on which rtspsrc expects packets that the camera sends on `received`: some cameras
  /// name other channels in the answer than they use.
  std::uint8_t channel(std::uint8_t received) const { return routes_[received]; }

 private:
  using Channels = std::pair<int, int>; // Of RTP and RTCP.
  Channels agreed(const Channels& requested, const std::optional<Channels>& answered);

  std::array<std::uint8_t, 256> routes_ = straight();
  std::set<int> taken_; // Channels that an answer named, or that were assumed.

  static std::array<std::uint8_t, 256> straight();
};

} // namespace fanlight::media
