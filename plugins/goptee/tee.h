#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <gst/gst.h>

#include "branch.h"
#include "continuity.h"
#include "gop_cache.h"
#include "mini_ref.h"
#include "picture_order.h"
#include "vitals.h"

namespace fanlight::goptee {

/// The part that the sink pad and all src pads share: the cached group of pictures, the sticky
/// events and the list of branches.
///
/// Threads: any. Lifetime: shared by the element and its pads, because a push in progress may
/// outlive both. Lock order: Tee, then Branch, then GstObject.
class Tee {
 public:
  /// Read at any time; times in ns.
  struct Settings {
    std::atomic<guint64> squeeze_step{GST_MSECOND};
    std::atomic<guint64> replay_bitrate{0}; ///< 0: at once.
    std::atomic<guint64> key_unit_interval{500 * GST_MSECOND};
    std::atomic<guint64> upstream_key_unit_interval{GST_SECOND};
    std::atomic<bool> hold_eos{false};
    std::atomic<bool> restamp{false};
    std::atomic<bool> drop_b_frames{false};
  };
  struct Stats {
    guint64 cached_bytes = 0;
    guint64 cached_buffers = 0;
    GstClockTime cached_duration = 0;
    guint64 groups = 0;
    guint64 outgrown_groups = 0;
    guint64 received_buffers = 0;
    guint64 received_bytes = 0;
    guint64 key_unit_requests_sent = 0;
    guint branches = 0;
    bool b_frames = false; ///< The stream contains B-frames, even if they are dropped.
    guint64 dropped_b_frames = 0;
    guint64 restamped_buffers = 0;
    Vitals::Stats vitals;
  };
  /// How a branch begins.
  struct Opening {
    unsigned run = 0;
    std::vector<EventRef> sticky; ///< To store on the pad before its thread starts.
  };

  Tee() { gst_segment_init(&segment_, GST_FORMAT_UNDEFINED); }

  Settings settings;

  // For the streaming thread of the source.

  /// Passes the frame to every branch; never waits for one. `running_time`: now, or NONE.
  void deliver(BufferRef buffer, GstClockTime running_time);
  /// The same for a serialized event.
  void deliver(EventRef event);
  /// After FLUSH_START: all frames, cached or queued, are obsolete.
  void flush();

  // For any thread.

  /// The source is no longer linked: its frames cannot start a viewer of the next source.
  void source_gone();
  /// Resets everything; the branches are closed.
  void reset();
  Opening open(Branch& branch, GstPad* pad);
  void close(Branch& branch);
  void link_changed(Branch& branch, GstPad* pad);
  /// A receiver wants a key frame: replays the cached group to it, with a rate limit. Returns
  /// whether to ask the source, too.
  bool request_key_unit(Branch& branch);
  void replay_late_start(Branch& branch);
  void set_bounds(GopCache::Bounds bounds);
  GopCache::Bounds bounds() const;
  Stats stats() const;

 private:
  // With lock_ held.
  /// Whether the frame is shown before one that was sent earlier.
  bool is_reordered(const LiveFrame& frame);
  void keep_moving(LiveFrame& frame, GstClockTime running_time, bool reordered);
  void note(const EventRef& event);
  void remember(const EventRef& event);
  GopSnapshot replayable() const;

  /// Protects everything below, and the order in which frames and events reach the branches.
  mutable std::mutex lock_;
  GopCache cache_;
  Vitals vitals_;
  PictureOrder picture_order_;
  Continuity continuity_;
  GstSegment segment_; ///< The segment in which continuity_ counts.
  bool b_frames_ = false;
  std::vector<EventRef> sticky_; ///< In the order of their types, as a pad sends them.
  EventRef eos_;
  bool grouped_ = false;
  std::vector<Branch*> branches_;
  std::optional<std::chrono::steady_clock::time_point> last_upstream_request_;
  guint64 received_buffers_ = 0;
  guint64 received_bytes_ = 0;
  guint64 key_unit_requests_sent_ = 0;
  guint64 dropped_b_frames_ = 0;
  guint64 restamped_buffers_ = 0;
};

} // namespace fanlight::goptee
