#pragma once

#include <span>
#include <vector>

#include <gst/gst.h>

#include "mini_ref.h"
#include "squeeze.h"

namespace fanlight::goptee {

/// The timestamps that one receiver has got, and those that may follow.
class Timeline {
 public:
  Timeline() { forget(); }

  /// The receiver has got no timestamps.
  void forget();
  /// The same, but the segment stays.
  void forget_sent();
  /// Handles a SEGMENT: continues the sent timestamps in the time of the new segment.
  void enter(const GstSegment& segment);
  /// Times for a group of pictures that is sent at once; see squeeze().
  std::vector<Stamp> plan(std::span<const Stamp> frames, GstClockTime step, GstClockTime interval);
  /// The times of a live frame; moved behind the replayed frames if they would not come after them.
  Stamp follow(const Stamp& live);
  void sent(const Stamp& stamp);

 private:
  GstSegment segment_;
  GstClockTime pts_ = GST_CLOCK_TIME_NONE; ///< The highest sent.
  GstClockTime dts_ = GST_CLOCK_TIME_NONE;
  bool after_replay_ = false; ///< Until a live frame comes after the replayed ones unchanged.
};

Stamp stamp_of(GstBuffer* buffer);

/// The buffer with other times and flags, sharing its memory; the same buffer if nothing changes.
BufferRef restamp(const BufferRef& buffer, const Stamp& stamp, bool discont);

} // namespace fanlight::goptee
