#pragma once

#include <array>
#include <optional>

#include <gst/gst.h>

namespace fanlight {

/// Converts the timestamps of a camera's RTP clock to local time.
///
/// The camera's clock gives the distance of frames, their arrival gives the absolute time. The
/// least delay of the last seconds counts, so a packet that was delayed on its way does not look
/// like a slow clock; a clock that runs fast or slow is followed. After a clock was set, time
/// starts over at the moment of arrival. Threads: none of its own.
class ArrivalClock {
 public:
  /// A packet that comes earlier by this than the one before means that the clock was set.
  static constexpr GstClockTimeDiff kSet = GST_SECOND;
  /// The least delay is searched within the last one to two of these.
  static constexpr GstClockTime kSpan = 2 * GST_SECOND;
  /// In this time, most of a difference to the least delay is compensated.
  static constexpr GstClockTime kPace = 5 * GST_SECOND;

  /// `rate`: ticks per second of the camera's clock. Starts over.
  void begin(guint rate);
  void forget() { begin(rate_); }
  guint rate() const { return rate_; }

  /// Whether the arrival of this timestamp counts: it differs from that of the packet before.
  bool is_new(guint32 timestamp) const {
    return !ticks_ || static_cast<guint32>(*ticks_) != timestamp;
  }
  /// The running time of a timestamp that arrived at the running time `arrival`. It increases with
  /// the timestamps, unless the clock was set.
  GstClockTime time_of(guint32 timestamp, GstClockTime arrival);
  /// How much the distance of frames differs from that of their timestamps, averaged as in RFC
  /// 3550, section 6.4.1.
  GstClockTime jitter() const { return jitter_; }

  /// The current relation of the two clocks.
  struct Relation {
    guint64 ticks = 0;     ///< A timestamp, with wraps counted.
    GstClockTime time = 0; ///< Its running time.
    guint64 newest = 0;    ///< The last timestamp that arrived.
  };
  std::optional<Relation> relation() const; ///< None before the first timestamp.
  /// A timestamp near the last one, with wraps counted.
  guint64 extend(guint32 timestamp) const;

 private:
  void restart(guint64 ticks, GstClockTime arrival);
  bool was_set(GstClockTimeDiff delay, GstClockTimeDiff pause) const;
  void follow(GstClockTimeDiff delay, GstClockTime arrival);
  void measure(guint64 ticks, GstClockTime arrival);
  GstClockTimeDiff duration(GstClockTimeDiff ticks) const;

  guint rate_ = 90000;
  std::optional<guint64> ticks_;            // The last timestamp, with wraps counted.
  GstClockTime arrival_ = 0;                // Its arrival.
  GstClockTimeDiff delay_ = 0;              // Its delay.
  GstClockTime time_ = 0;                   // The running time computed for it.
  guint64 base_ticks_ = 0;                  // This timestamp has delay 0 if it
  GstClockTime base_time_ = 0;              // arrives at this time.
  GstClockTimeDiff lag_ = 0;                // The least delay, smoothed.
  std::array<GstClockTimeDiff, 2> least_{}; // Of the previous span and of the current one.
  GstClockTime span_begin_ = 0;
  guint spans_ = 0; // Complete ones.
  GstClockTime jitter_ = 0;
};

} // namespace fanlight
