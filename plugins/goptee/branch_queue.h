#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <variant>

#include <gst/gst.h>

#include "gop_cache.h"
#include "mini_ref.h"

namespace fanlight::goptee {

/// A frame for the branches.
struct LiveFrame {
  BufferRef buffer;
  bool grouped = false; ///< The stream has key frames (video).
  bool key = false;     ///< A decoder can start here.
};

/// The queue of one branch: live frames within limits, events, and cached groups to replay.
///
/// If frames do not fit, the queue drops whole groups of pictures (of audio: the oldest buffers),
/// counts them, and marks the first frame after the gap. Events keep their place. Cached groups do
/// not count towards the limits, because they share their memory with the cache. Threads: none of
/// its own; Branch locks.
class BranchQueue {
 public:
  /// 0: no limit.
  struct Limits {
    guint64 bytes = 0;
    guint64 buffers = 0;
    GstClockTime duration = 0;
  };
  struct Level {
    guint64 bytes = 0;
    guint64 buffers = 0;
    GstClockTime duration = 0;
  };
  struct Loss {
    guint64 buffers = 0;
    guint64 groups = 0; ///< Groups that lost at least one frame.
  };
  /// A cached group whose replay begins.
  struct Begin {
    GopSnapshot snapshot;
    bool afresh = false;
  };
  /// The next item to push: an event or a buffer.
  struct Next {
    EventRef event;
    BufferRef buffer;
    bool discont = false;
    std::optional<std::size_t> replayed; ///< Its index in the group of pictures.
    bool last_of_replay = false;
    std::shared_ptr<const Gop> gop; ///< Only with the last frame; keeps the group until then.
  };

  void set_limits(const Limits& limits) { limits_ = limits; }
  const Limits& limits() const { return limits_; }
  Level level() const;
  const Loss& loss() const { return loss_; }
  bool empty() const { return items_.empty(); }
  bool holds_replay() const;
  bool holds_eos() const;

  void push(EventRef event);
  /// Replaces all frames in the queue. `afresh`: the receiver has no earlier timestamps.
  void push(const GopSnapshot& snapshot, bool afresh);
  /// Makes room for the frame. False: the frame is lost, and the following ones are useless until a
  /// key frame.
  bool push(const LiveFrame& frame);
  /// Counts another lost frame of a group that has lost some before.
  void lose_one() { ++loss_.buffers; }
  /// The next pushed frame follows a gap.
  void note_gap() { gap_ = true; }

  /// Whether the next item belongs to a cached group.
  bool replay_is_next() const {
    return !items_.empty() && std::holds_alternative<Replay>(items_.front());
  }
  /// Begins the next replay, if it is next and has not begun.
  std::optional<Begin> begin_replay();
  /// Must not be called on an empty queue, or before begin_replay() of the next replay.
  Next pop();

  /// Removes frames without counting them: they are obsolete, or sent in another way.
  void discard_frames();
  /// Removes events that a flush makes obsolete; sticky events other than the segment stay.
  void discard_flushed_events();
  void clear();

 private:
  struct Frame {
    BufferRef buffer;
    bool key = false;
    bool discont = false;
    gsize size = 0;
    GstClockTime time = GST_CLOCK_TIME_NONE;
  };
  struct Replay {
    GopSnapshot snapshot;
    bool afresh = false;
    bool begun = false;
    const Gop::Frame* last = nullptr; ///< The last one taken.
    std::size_t taken = 0;
  };
  using Item = std::variant<Frame, EventRef, Replay>;

  bool fits(gsize size, GstClockTime time) const;
  bool make_room(const LiveFrame& frame, gsize size, GstClockTime time);
  void lose_oldest_frame();
  void lose_before(std::size_t end);
  void mark_gap(std::deque<Item>::iterator from);
  Next pop_replayed(Replay& replay);
  GstClockTime oldest_time() const;

  std::deque<Item> items_;
  Limits limits_;
  Loss loss_;
  guint64 bytes_ = 0;
  guint64 buffers_ = 0;
  bool gap_ = true;
};

} // namespace fanlight::goptee
