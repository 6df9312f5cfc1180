#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <gst/gst.h>

#include "h26x/access_unit_assembler.h"
#include "mini_ref.h"

namespace fanlight {

/// The state of a stream in rtph26xdepay: from packets to access units in buffers.
///
/// Threads: none of its own; the element locks. `now_us` is monotonic.
class Depacketizer {
 public:
  /// Least time between two requests for a key frame.
  static constexpr std::int64_t kRequestIntervalUs = 2'000'000;
  /// Least time between two complaints.
  static constexpr std::int64_t kComplaintIntervalUs = 60'000'000;

  Depacketizer() = default;
  ~Depacketizer();
  Depacketizer(const Depacketizer&) = delete;
  Depacketizer& operator=(const Depacketizer&) = delete;

  /// Reads the codec and the parameter sets. False: not H.264 or H.265.
  bool set_caps(const GstCaps* caps);
  void take(GstBuffer* packet, std::int64_t now_us);
  /// The same of a packet that was read; `time` is that of its picture.
  void take(const h26x::RtpPacket& packet, GstClockTime time, std::int64_t now_us);
  void end();
  /// Forgets the stream: the next packets are unrelated to the previous ones.
  void forget();

  struct Output {
    BufferRef buffer;
    GstCaps* caps = nullptr; ///< (transfer full) Null: as for the previous buffer.
  };
  std::optional<Output> next();
  /// Whether to ask the camera for a key frame now.
  bool wants_key_frame(std::int64_t now_us);
  /// What to say now of packets that cannot be read; empty: nothing, or nothing new.
  std::string complaint(std::int64_t now_us);
  struct Stats {
    h26x::AccessUnitAssembler::Stats pictures; ///< Malformed packets include those that are no RTP.
    std::uint32_t timestamp = 0;               ///< The newest.
    std::uint64_t requests = 0;                ///< For key frames.
    std::int64_t picture_us = -1;              ///< When the last was complete; -1: none yet.
  };
  Stats stats() const;
  /// As a structure of that name. (transfer full)
  static GstStructure* to_structure(const Stats& stats, const char* name, std::int64_t now_us);

 private:
  void begin();

  std::optional<h26x::AccessUnitAssembler> assembler_;
  GstCaps* input_caps_ = nullptr;
  std::shared_ptr<const h26x::ParameterSets::Format> format_; ///< Of the caps that were output.
  std::uint32_t timestamp_ = 0;
  std::uint64_t pictures_ = 0;
  std::int64_t picture_us_ = -1; ///< When the last picture was complete; -1: none yet.
  bool broken_ = false;          ///< Pictures need what was lost.
  std::optional<std::int64_t> requested_us_;
  std::uint64_t requests_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t told_ = 0; ///< Packets in the last complaint.
  std::optional<std::int64_t> complained_us_;
};

} // namespace fanlight
