#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "aac/audio_config.h"
#include "aac/config_judge.h"
#include "aac/latm.h"

namespace fanlight::aac {

/// What an SDP says of a stream of AAC.
struct Description {
  bool latm = false;                ///< MP4A-LATM (RFC 6416), else MPEG4-GENERIC (RFC 3640).
  bool config_in_stream = false;    ///< LATM: cpresent is not 0.
  std::vector<std::uint8_t> config; ///< As it is there; empty: none.
  int clock_rate = 0;
  int channels = 0; ///< 0: unsaid.
  // Of the headers of access units (RFC 3640, section 4.1), in bits.
  unsigned size_length = 13;
  unsigned index_length = 3;
  unsigned index_delta_length = 3;
  unsigned cts_delta_length = 0;
  unsigned dts_delta_length = 0;
  unsigned other_length = 0;          ///< Random access indication and stream state.
  unsigned auxiliary_size_length = 0; ///< Of the section behind them.
  unsigned constant_size = 0;         ///< Bytes of each unit; 0: they say it.
  bool lengths_said = true; ///< The description has some of these; else there may be no headers.
};

/// One raw frame (raw_data_block) with all that a decoder needs.
struct Frame {
  std::vector<std::uint8_t> bytes;
  std::uint64_t time = 0; ///< That of its packet.
  unsigned ahead = 0;     ///< How many frames of its packet come before it.
  std::shared_ptr<const AudioConfig> config;
};

/// Takes RTP payloads of AAC apart into frames, also those that are not what the SDP says: ADTS
/// frames in place of access units or in them, a LATM configuration in the stream although none is
/// announced, LOAS frames, and configurations that are missing or wrong (see ConfigJudge).
/// Interleaved access units stay in the order in which they come.
///
/// Threads: none of its own. Free of GStreamer.
class Unpacker {
 public:
  static constexpr std::size_t kMostBytes = 64 * 1024; ///< Of what waits for its end.

  explicit Unpacker(Description description);

  void take(Bytes payload, bool marker, std::uint32_t timestamp, std::uint64_t time);
  /// Packets are missing.
  void lose();
  /// The next frame; none: more packets are needed.
  std::optional<Frame> next();
  /// Packets without a frame that can be read, or with too many that wait for the judge.
  std::uint64_t malformed() const { return malformed_; }

 private:
  using Unit = std::vector<std::uint8_t>;

  bool take_adts(Bytes payload);
  bool take_units(Bytes payload, bool marker);
  bool take_bare_unit(Bytes payload, bool marker);
  std::optional<std::vector<std::size_t>> read_unit_sizes(Bits& bits) const;
  bool read_unit_headers(Bits& bits, std::size_t end, std::vector<std::size_t>& sizes) const;
  bool take_element(Bytes payload, bool marker);
  /// What is read of elements.
  struct Elements {
    std::vector<Unit> units;
    std::size_t used = 0; ///< Bytes of the last one.
  };
  bool read_element(Bytes element, bool whole, Elements& elements);
  bool read_loas(Bytes element, Elements& elements);
  bool read_elements(Bytes rest, Elements& elements);
  bool read_with(Bits bits, const MuxConfig& mux, bool stated, bool whole, Elements& elements);
  void add(std::vector<Unit> units);

  const Description description_;
  std::optional<MuxConfig> mux_; ///< LATM: the last one that is known.
  bool mux_in_stream_ = false;   ///< It came in the stream.
  ConfigJudge judge_;
  std::uint32_t timestamp_ = 0; ///< Of the packet that is taken.
  std::uint64_t time_ = 0;
  bool adts_ = false;      ///< ADTS frames come without headers of access units.
  Unit pending_;           ///< The beginning of a unit.
  std::size_t wanted_ = 0; ///< Its size, if that is known.
  std::uint32_t pending_timestamp_ = 0;
  std::deque<Frame> frames_;
  std::uint64_t malformed_ = 0;
};

} // namespace fanlight::aac
