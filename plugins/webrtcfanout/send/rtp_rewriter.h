#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// One viewer's sequence numbers and timestamps of one stream.
///
/// The viewer gets the stream in runs: from some packet on without a gap, until it is moved back
/// (to begin with a cached group of pictures) or ahead (groups were dropped). Its sequence numbers
/// go on without a gap over all runs; a packet sent again gets the timestamp it had. Frames that
/// are old when a run begins are squeezed before its edge, the newest frame there was: so the
/// viewer shows them at once and is at the live edge. Threads: none of its own.
class RtpRewriter {
 public:
  struct Run {
    std::uint64_t first_packet = 0;
    std::uint64_t edge_frame = 0;     ///< Frames up to this one are squeezed,
    std::uint32_t edge_timestamp = 0; ///< which has this timestamp of the stream's clock,
    std::uint32_t step = 0;           ///< so many ticks apart.
    bool ahead = false;               ///< The edge is later than the stream's clock has it.
  };
  /// A packet of a run, found by its sequence number.
  struct Sent {
    std::uint64_t packet = 0;
    std::uint64_t index = 0; ///< ROC * 65536 + SEQ, as it was sent.
    const Run* run = nullptr;
  };
  /// Distance of squeezed frames, of a clock of `clock_rate` Hz: 1 ms.
  static std::uint32_t usual_step(int clock_rate) {
    return static_cast<std::uint32_t>(clock_rate < 1000 ? 1 : clock_rate / 1000);
  }

  /// First sequence number and what is added to all timestamps: random (RFC 3550, section 5.1).
  RtpRewriter(std::uint16_t first_sequence, std::uint32_t timestamp_offset);

  /// Goes on with `start`, where `newest` is the newest frame there is: squeezed up to it, between
  /// the last timestamp that was sent and the next one to come. `interval` is the usual distance of
  /// two frames in ticks.
  void begin(const Frame& start, const Frame& newest, std::uint32_t interval, int clock_rate);

  /// From the next begin() on frames are of another stream, with packets and a clock of its own;
  /// `here` and `there` are frames of either. What was sent before is not found any more.
  void change_clock(const Frame& here, const Frame& there, int clock_rate);

  /// ROC * 65536 + SEQ of a packet of the current run.
  std::uint64_t index_of(std::uint64_t packet) const {
    return packet - current().first_packet + base_[newest_];
  }
  std::uint32_t timestamp_of(const Frame& frame) const { return timestamp_of(frame, current()); }
  std::uint32_t timestamp_of(const Frame& frame, const Run& run) const;
  /// A packet of the current run was sent with that timestamp.
  void sent(std::uint64_t packet, std::uint32_t timestamp) {
    next_ = index_of(packet) + 1;
    last_timestamp_ = timestamp;
  }
  std::uint64_t next_index() const { return next_; }
  /// Which packet that was; none if it was not sent, or too many runs ago.
  std::optional<Sent> find(std::uint16_t sequence) const;
  /// A moment of the stream's clock on the viewer's.
  std::uint32_t on_subscribers_clock(std::uint32_t timestamp) const { return timestamp + offset_; }

 private:
  static constexpr std::size_t kRuns = 8;
  /// After so many frames the stream's clock has overtaken any edge.
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
