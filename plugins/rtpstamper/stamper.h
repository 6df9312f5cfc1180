#pragma once

#include <functional>
#include <optional>

#include <gst/gst.h>

#include "mini_ref.h"
#include "rtp/arrival_clock.h"
#include "rtp/packet_order.h"

namespace fanlight {

/// The state of a stream in rtpstamper: the order of the packets and their times. Threads: none of
/// its own; the element locks.
class Stamper {
 public:
  struct Stats {
    guint64 pushed = 0;
    guint64 lost = 0;
    guint64 repeated = 0;
    GstClockTime jitter = 0;
  };

  /// `now` returns the running time.
  explicit Stamper(std::function<GstClockTime()> now) : now_(std::move(now)) { forget(); }

  /// Whether the clock rate of that payload type is known.
  bool knows(guint8 payload_type) const { return payload_type_ == payload_type; }
  /// Sets the clock rate of that payload type, in ticks per second.
  void set_rate(guint8 payload_type, guint rate);
  void forget_payload_type() { payload_type_.reset(); }
  /// The timestamp at the beginning of the playback, as the camera reports it; -1: not reported.
  void set_clock_base(gint64 base) { clock_base_ = base; }
  void set_segment(const GstSegment& segment) { segment_ = segment; }
  /// Added to all times from the next timestamp on.
  void set_offset(GstClockTimeDiff offset) { offset_ = offset; }
  GstClockTimeDiff offset() const { return offset_; }
  /// Starts over: numbers and times are unrelated to the previous ones.
  void forget();

  /// Takes a packet with a complete RTP header.
  void take(BufferRef packet);
  /// The next packet to push, with its time; null: none.
  BufferRef next();

  /// Takes an RTCP compound packet, and keeps it if it begins with a sender report.
  void take_report(BufferRef rtcp);
  /// The structure that rtpbin expects in handle-sync, for the kept report; null: there is no
  /// report, or it cannot be used yet.
  GstStructure* sync();

  Stats stats() const;

 private:
  void stamp(GstBuffer* packet);
  GstClockTime arrival_of(GstBuffer* packet) const;

  const std::function<GstClockTime()> now_;
  PacketOrder<BufferRef> order_;
  ArrivalClock clock_;
  std::optional<guint8> payload_type_;
  gint64 clock_base_ = -1;
  GstSegment segment_;
  GstClockTimeDiff offset_ = 0;
  GstClockTime pts_ = GST_CLOCK_TIME_NONE; // Of the last timestamp.
  BufferRef report_;
  guint32 report_source_ = 0;
  guint32 report_timestamp_ = 0;
  guint64 pushed_ = 0;
};

} // namespace fanlight
