#pragma once

#include <array>
#include <optional>

#include <gst/gst.h>

namespace fanlight {

/// What time it is here when a camera's RTP clock shows a timestamp.
///
/// The camera's clock says how far pictures are apart, their arrival says when they are. What came
/// with the least delay of the last seconds is the measure, so a packet that was held up on its way
/// is not taken for a slow clock; a clock that runs fast or slow is followed. One that was set
/// begins anew at the moment of arrival. Threads: none of its own.
class ArrivalClock {
 public:
  /// Nothing comes as much earlier than the one before without the clock having been set.
  static constexpr GstClockTimeDiff kSet = GST_SECOND;
  /// The least delay is looked for in the last one to two of these.
  static constexpr GstClockTime kSpan = 2 * GST_SECOND;
  /// In such a time most of a difference to the least delay is made up for.
  static constexpr GstClockTime kPace = 5 * GST_SECOND;

  /// Of its ticks, per second; it begins anew.
  void begin(guint rate);
  void forget() { begin(rate_); }
  guint rate() const { return rate_; }

  /// Whether the arrival of that timestamp matters: it is not that of the packet before.
  bool is_new(guint32 timestamp) const {
    return !ticks_ || static_cast<guint32>(*ticks_) != timestamp;
  }
  /// The running time of a timestamp that came at the running time `arrival`. With each timestamp
  /// that is higher it moves forward, unless the clock was set.
  GstClockTime time_of(guint32 timestamp, GstClockTime arrival);
  /// By how much the pictures' distance differs from that of their timestamps, averaged as in
  /// RFC 3550, section 6.4.1.
  GstClockTime jitter() const { return jitter_; }

  /// How the two clocks are related at present.
  struct Relation {
    guint64 ticks = 0;     ///< A timestamp, with wraps counted,
    GstClockTime time = 0; ///< and its running time.
    guint64 newest = 0;    ///< The last timestamp that came.
  };
  std::optional<Relation> relation() const; ///< None before the first timestamp.
  /// A timestamp that is near the last one, with wraps counted.
  guint64 extend(guint32 timestamp) const;

 private:
  void restart(guint64 ticks, GstClockTime arrival);
  bool was_set(GstClockTimeDiff delay, GstClockTimeDiff pause) const;
  void follow(GstClockTimeDiff delay, GstClockTime arrival);
  void measure(guint64 ticks, GstClockTime arrival);
  GstClockTimeDiff duration(GstClockTimeDiff ticks) const;

  guint rate_ = 90000;
  std::optional<guint64> ticks_;            // The last timestamp, with wraps counted.
  GstClockTime arrival_ = 0;                // Its arrival,
  GstClockTimeDiff delay_ = 0;              // its delay,
  GstClockTime time_ = 0;                   // and the running time that was made of it.
  guint64 base_ticks_ = 0;                  // The timestamp
  GstClockTime base_time_ = 0;              // that came at this time: with this delay 0.
  GstClockTimeDiff lag_ = 0;                // The least delay, as it is followed.
  std::array<GstClockTimeDiff, 2> least_{}; // Of the span before and of this one.
  GstClockTime span_begin_ = 0;
  guint spans_ = 0; // Whole ones.
  GstClockTime jitter_ = 0;
};

} // namespace fanlight
