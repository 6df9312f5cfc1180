#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <gst/gst.h>

#include "webrtcfanout/stream/frame_assembler.h"
#include "webrtcfanout/stream/rtp_stream.h"

namespace fanlight::fanout {

/// What is behind a sink pad: puts its RTP packets together to the frames of a Stream.
///
/// Threads: the pad's streaming thread; format() and stream() from any.
class Input {
 public:
  Input(std::string name, bool video, History::Bounds bounds);

  const std::string& name() const { return stream_->name(); }
  bool is_video() const { return video_; }
  const std::shared_ptr<RtpStream>& stream() const { return stream_; }
  /// From the caps; none before they came.
  std::optional<FrameAssembler::Format> format() const;

  /// False: these are not RTP caps of this pad's media.
  bool set_caps(const GstCaps* caps);
  /// What was sent in the format before the last set_caps() is of no use in that one.
  bool format_changed() const { return format_changed_; }
  /// Other segments than those of time say nothing of when a packet was captured.
  void set_segment(const GstSegment& segment);
  /// `element` tells the time.
  void push(GstElement* element, GstBuffer* buffer);

  bool at_end = false; ///< EOS came. Under the object lock of the pad's element.

  std::uint64_t malformed_packets() const { return malformed_.load(std::memory_order_relaxed); }
  std::uint64_t oversized_packets() const { return oversized_.load(std::memory_order_relaxed); }

 private:
  FrameAssembler::Outcome add(GstBuffer* buffer, std::uint64_t ntp, std::int64_t now_us);
  std::int64_t captured_us(GstElement* element, const GstBuffer* buffer, std::int64_t now_us) const;

  const bool video_;
  const std::shared_ptr<RtpStream> stream_;
  FrameAssembler assembler_;
  std::shared_ptr<const HeldMemory> held_; ///< Of the frame that is put together.
  GstSegment segment_;
  bool format_changed_ = false;
  std::atomic<std::uint64_t> malformed_{0};
  std::atomic<std::uint64_t> oversized_{0};
  mutable std::mutex lock_; ///< Protects format_.
  std::optional<FrameAssembler::Format> format_;
};

} // namespace fanlight::fanout
