#pragma once

#include <functional>
#include <optional>

#include <gst/gst.h>

#include "arrival_clock.h"
#include "mini_ref.h"
#include "packet_order.h"

namespace fanlight {

/// What rtpstamper knows of its stream: the order of the packets and their times. Threads: none of
/// its own; the element locks.
class Stamper {
 public:
  struct Stats {
    guint64 pushed = 0;
    guint64 lost = 0;
    guint64 repeated = 0;
    GstClockTime jitter = 0;
  };

  /// `now` says the running time.
  explicit Stamper(std::function<GstClockTime()> now) : now_(std::move(now)) { forget(); }

  /// The clock of that payload type is known.
  bool knows(guint8 payload_type) const { return payload_type_ == payload_type; }
  /// It has so many ticks per second.
  void set_rate(guint8 payload_type, guint rate);
  void forget_payload_type() { payload_type_.reset(); }
  /// The timestamp at the begin of what is played, as the camera has said it; -1: it has not.
  void set_clock_base(gint64 base) { clock_base_ = base; }
  void set_segment(const GstSegment& segment) { segment_ = segment; }
  /// To be added to all times, from the next timestamp on.
  void set_offset(GstClockTimeDiff offset) { offset_ = offset; }
  GstClockTimeDiff offset() const { return offset_; }
  /// A new start: neither numbers nor times have to do with those before.
  void forget();

  /// Takes a packet whose RTP header is whole.
  void take(BufferRef packet);
  /// The next one that may go on, with its time; null: none.
  BufferRef next();

  /// Takes an RTCP compound; it is kept if it begins with a sender report.
  void take_report(BufferRef rtcp);
  /// What rtpbin wants with its signal handle-sync of the report that is kept; null: there is none,
  /// or nothing can be made of it yet.
  GstStructure* sync();

  Stats stats() const;

 private:
  void stamp(GstBuffer* packet);
  GstClockTime arrival_of(GstBuffer* packet) const;

  const std::function<GstClockTime()> now_;
  PacketOrder order_;
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
