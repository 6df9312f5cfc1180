#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <gst/gst.h>

#include "webrtcfanout/stream/frame_assembler.h"
#include "webrtcfanout/stream/rtp_stream.h"

namespace fanlight::fanout {

/// The part behind a sink pad: assembles its RTP packets into the frames of a stream.
///
/// Threads: the pad's streaming thread; format() and stream() from any.
class Input {
 public:
  Input(std::string name, bool video, History::Bounds bounds);

  const std::string& name() const { return stream_->name(); }
  bool is_video() const { return video_; }
  const std::shared_ptr<RtpStream>& stream() const { return stream_; }
  /// From the caps; none before the caps have arrived.
  std::optional<FrameAssembler::Format> format() const;

  /// False if these are not RTP caps of this pad's media.
  bool set_caps(const GstCaps* caps);
  /// Whether the last set_caps() made frames of the previous format useless.
  bool format_changed() const { return format_changed_; }
  /// Only time segments tell when a packet was captured.
  void set_segment(const GstSegment& segment);
  /// `element` provides the clock.
  void push(GstElement* element, GstBuffer* buffer);

  bool at_end = false; ///< EOS has arrived. Protected by the object lock of the pad's element.

  std::uint64_t malformed_packets() const { return malformed_.load(std::memory_order_relaxed); }
  std::uint64_t oversized_packets() const { return oversized_.load(std::memory_order_relaxed); }

 private:
  FrameAssembler::Outcome add(GstBuffer* buffer, std::uint64_t ntp, std::int64_t now_us);
  std::int64_t captured_us(GstElement* element, const GstBuffer* buffer, std::int64_t now_us) const;

  const bool video_;
  const std::shared_ptr<RtpStream> stream_;
  FrameAssembler assembler_;
  std::shared_ptr<const HeldMemory> held_; ///< Of the current frame.
  GstSegment segment_;
  bool format_changed_ = false;
  std::atomic<std::uint64_t> malformed_{0};
  std::atomic<std::uint64_t> oversized_{0};
  mutable std::mutex lock_; ///< Protects format_.
  std::optional<FrameAssembler::Format> format_;
};

} // namespace fanlight::fanout
