#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// Assembles the RTP packets of a payloader into frames on a clock without jumps.
///
/// Ignores the packets' numbers and SSRC: they come in order and without loss. Threads: the
/// streaming thread of one pad.
class FrameAssembler {
 public:
  struct Format {
    std::string encoding; ///< H264, H265, OPUS, ...
    int clock_rate = 90000;
    bool video = true;
    bool operator==(const Format&) const = default;
  };
  /// Larger payloads do not fit into a datagram of 1280 bytes with headers and protection.
  static constexpr std::size_t kMaxPayload = 1232;
  static constexpr std::size_t kMaxFrame = 16 * 1024 * 1024;
  /// A smaller tail is copied: a reference costs as much.
  static constexpr std::size_t kLeastHeld = 256;

  void set_format(Format format);
  const Format& format() const { return format_; }

  enum class Outcome {
    more,      ///< The frame is incomplete.
    complete,  ///< take() returns it.
    malformed, ///< Not RTP.
    too_large, ///< The packet or the frame is too large; the whole frame is dropped.
  };
  /// The end of a packet in separate memory that can be held: the frame then refers to it. It
  /// consists of payload only.
  struct Tail {
    Bytes bytes;
    std::shared_ptr<const HeldMemory> memory; ///< The memory that contains it.
  };
  /// Whether `packet` has a complete header and no padding at its end.
  static bool can_have_tail(Bytes packet);
  /// `delta`: GST_BUFFER_FLAG_DELTA_UNIT of the buffer, for codecs that this class does not know.
  /// `ntp`: capture time of the packet, 32.32 s since 1900; `now_us`: monotonic.
  Outcome add(Bytes packet, bool delta, std::uint64_t ntp, std::int64_t now_us);
  Outcome add(Bytes packet, bool delta, std::uint64_t ntp, std::int64_t now_us, const Tail& tail);
  FramePtr take();

 private:
  std::uint32_t on_our_clock(std::uint32_t timestamp, std::int64_t now_us);
  void begin(std::uint32_t timestamp, bool delta, std::uint64_t ntp, std::int64_t now_us);
  void append(Bytes head, const Tail& tail, bool marker);
  bool refer_to(Bytes head, const Tail& tail, Frame::Packet& packet);
  void finish();

  Format format_;
  std::shared_ptr<Frame> open_;
  std::size_t open_bytes_ = 0; ///< Sum of its payloads.
  std::shared_ptr<Frame> done_;
  std::uint32_t open_timestamp_ = 0; ///< As in the packets.
  bool skipping_ = false;            ///< Skips the rest of a frame that is too large.
  std::uint64_t next_frame_ = 0;
  std::uint64_t next_packet_ = 0;

  bool running_ = false;
  std::uint32_t last_in_ = 0;
  std::uint32_t last_out_ = 0;
  std::int64_t last_us_ = 0;
};

} // namespace fanlight::fanout
