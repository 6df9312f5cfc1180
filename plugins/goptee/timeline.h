#pragma once

#include <span>
#include <vector>

#include <gst/gst.h>

#include "mini_ref.h"
#include "squeeze.h"

namespace fanlight::goptee {

/// The timestamps one receiver has been given so far, and those that may follow.
class Timeline {
 public:
  Timeline() { forget(); }

  /// A receiver without a past.
  void forget();
  /// The same, but the segment stays.
  void forget_sent();
  /// Follows a SEGMENT: what was sent is counted on in the new segment's time.
  void enter(const GstSegment& segment);
  /// Times for a group of pictures sent at once, see squeeze().
  std::vector<Stamp> plan(std::span<const Stamp> frames, GstClockTime step, GstClockTime interval);
  /// Where a live frame would not come after the replayed ones: moved behind them.
  Stamp follow(const Stamp& live);
  void sent(const Stamp& stamp);

 private:
  GstSegment segment_;
  GstClockTime pts_ = GST_CLOCK_TIME_NONE; ///< The highest sent.
  GstClockTime dts_ = GST_CLOCK_TIME_NONE;
  bool after_replay_ = false; ///< Until a live frame comes after the replayed ones by itself.
};

Stamp stamp_of(GstBuffer* buffer);

/// The buffer with other times and flag, sharing its memory; the same buffer if nothing changes.
BufferRef restamp(const BufferRef& buffer, const Stamp& stamp, bool discont);

} // namespace fanlight::goptee
