#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// One viewer's sequence numbers and timestamps for one stream.
///
/// The viewer gets the stream in runs: from some packet on without a gap, until it is moved back
/// (to begin with a cached group of pictures) or ahead (groups were dropped). Its sequence numbers
/// have no gaps, across all runs; a packet sent again keeps its timestamp. Frames that are old when
/// a run begins are squeezed before the run's edge, the newest frame at that time: the viewer shows
/// them immediately and is at the live edge. Threads: none of its own.
class RtpRewriter {
 public:
  struct Run {
    std::uint64_t first_packet = 0;
    std::uint64_t edge_frame = 0;     ///< Frames up to this one are squeezed.
    std::uint32_t edge_timestamp = 0; ///< Timestamp of that frame on the stream's clock.
    std::uint32_t step = 0;           ///< Distance of squeezed frames in ticks.
    bool ahead = false; ///< The edge has a later timestamp than on the stream's clock.
  };
  /// A packet of a run, found by its sequence number.
  struct Sent {
    std::uint64_t packet = 0;
    std::uint64_t index = 0; ///< ROC * 65536 + SEQ of the original packet.
    const Run* run = nullptr;
  };
  /// Distance of squeezed frames, on a clock of `clock_rate` Hz: 1 ms.
  static std::uint32_t usual_step(int clock_rate) {
    return static_cast<std::uint32_t>(clock_rate < 1000 ? 1 : clock_rate / 1000);
  }

  /// First sequence number, and the offset of all timestamps: random (RFC 3550, section 5.1).
  RtpRewriter(std::uint16_t first_sequence, std::uint32_t timestamp_offset);

  /// Continues with `start`; `newest` is the newest frame. Squeezes the frames up to it between the
  /// last sent timestamp and the next frame's. `interval` is the usual distance of two frames in
  /// ticks.
  void begin(const Frame& start, const Frame& newest, std::uint32_t interval, int clock_rate);

  /// After the next begin(), frames belong to another stream with its own packets and clock; `here`
  /// and `there` are frames of the two streams. Packets sent before are forgotten.
  void change_clock(const Frame& here, const Frame& there, int clock_rate);

  /// ROC * 65536 + SEQ of a packet of the current run.
  std::uint64_t index_of(std::uint64_t packet) const {
    return packet - current().first_packet + base_[newest_];
  }
  std::uint32_t timestamp_of(const Frame& frame) const { return timestamp_of(frame, current()); }
  std::uint32_t timestamp_of(const Frame& frame, const Run& run) const;
  /// Records the timestamp with which a packet of the current run was sent.
  void sent(std::uint64_t packet, std::uint32_t timestamp) {
    next_ = index_of(packet) + 1;
    last_timestamp_ = timestamp;
  }
  std::uint64_t next_index() const { return next_; }
  /// Finds that packet; none if it was not sent, or too many runs ago.
  std::optional<Sent> find(std::uint16_t sequence) const;
  /// Converts a timestamp of the stream's clock to the viewer's clock.
  std::uint32_t on_subscribers_clock(std::uint32_t timestamp) const { return timestamp + offset_; }

 private:
  static constexpr std::size_t kRuns = 8;
  /// After this many frames, the stream's clock has passed any edge.
  static constexpr std::uint64_t kOvertaken = 256;
  const Run& current() const { return runs_[newest_]; }

  std::array<Run, kRuns> runs_{};
  std::array<std::uint64_t, kRuns> base_{}; ///< Index of the first packet of each run.
  std::size_t newest_ = 0;
  std::size_t count_ = 0;
  std::uint64_t next_;
  const std::uint64_t first_;
  std::uint32_t offset_;
  std::optional<std::uint32_t> last_timestamp_;
};

} // namespace fanlight::fanout
