#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fanlight::rtsp {

/// What a Transport header says (RFC 2326, section 12.39), without what no client needs.
struct Transport {
  using Range = std::optional<std::pair<int, int>>;

  std::string profile = "RTP/AVP"; ///< Without the lower transport.
  bool tcp = false;
  bool multicast = false;
  Range interleaved;
  Range client_port;
  Range server_port;
  Range port;
  Range ttl;
  std::string source;
  std::string destination;
};

/// The first transport of a Transport header, in any case and with any blanks.
Transport parse_transport(const std::string& header);
std::string to_string(const Transport& transport);

/// A camera's answers to the SETUPs of one description, corrected.
///
/// Some cameras answer without a Transport header, or without channels, or with those of another
/// stream. rtspsrc 1.22 gives up without a Transport header, never finds the packets of a stream
/// whose answer names no channels, repeats the SETUP for ever if it cannot parse the answer, and
/// reads nothing that follows a space. Threads: one at a time, the reader's.
class SetupAnswers {
 public:
  /// What holds: what the camera answered where that fits the request, otherwise what was
  /// requested.
  Transport agree(const Transport& requested, const Transport& answered);
  /// The same as headers. `answered` is empty if the camera sent none.
  std::string mended(const std::string& requested, const std::string& answered);
  /// The channel, as agreed, of packets that the camera sends on `received`: some cameras name
  /// other channels in the answer than they use.
  std::uint8_t channel(std::uint8_t received) const { return routes_[received]; }

 private:
  using Channels = std::pair<int, int>; // Of RTP and RTCP.
  Channels agreed(const Channels& requested, const std::optional<Channels>& answered);

  std::array<std::uint8_t, 256> routes_ = straight();
  std::set<int> taken_; // Channels that an answer named, or that were assumed.

  static std::array<std::uint8_t, 256> straight();
};

} // namespace fanlight::rtsp
