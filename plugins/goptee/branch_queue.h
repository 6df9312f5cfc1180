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

/// A frame on its way to the branches.
struct LiveFrame {
  BufferRef buffer;
  bool grouped = false; ///< The stream has key frames (video).
  bool key = false;     ///< A decoder can start here.
};

/// What waits for one branch: live frames within bounds, events, and cached groups to be replayed.
///
/// When frames do not fit, whole groups of pictures go (of sound: the oldest buffers), counted, and
/// the first frame after the gap is marked. Events stay in their place. Cached groups do not count
/// against the bounds: they share their memory with the cache.
/// Threads: none of its own; Branch locks.
class BranchQueue {
 public:
  /// 0: no bound.
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
    guint64 groups = 0; ///< That lost at least one frame.
  };
  /// A cached group that is about to be sent.
  struct Begin {
    GopSnapshot snapshot;
    bool afresh = false;
  };
  /// The next thing to push: an event or a buffer.
  struct Next {
    EventRef event;
    BufferRef buffer;
    bool discont = false;
    std::optional<std::size_t> replayed; ///< Its place in the group of pictures.
    bool last_of_replay = false;
    std::shared_ptr<const Gop> gop; ///< Kept for the last one, to die with it.
  };

  void set_limits(const Limits& limits) { limits_ = limits; }
  const Limits& limits() const { return limits_; }
  Level level() const;
  const Loss& loss() const { return loss_; }
  bool empty() const { return items_.empty(); }
  bool holds_replay() const;
  bool holds_eos() const;

  void push(EventRef event);
  /// In place of all frames in the queue. `afresh`: the receiver knows no earlier timestamps.
  void push(const GopSnapshot& snapshot, bool afresh);
  /// Makes room for the frame. False: it is lost, and what follows is of no use before a key frame.
  bool push(const LiveFrame& frame);
  /// One more lost frame of a group that lost some before.
  void lose_one() { ++loss_.buffers; }
  /// The next frame that is pushed follows a gap.
  void note_gap() { gap_ = true; }

  /// Whether the next thing is of a cached group.
  bool replay_is_next() const {
    return !items_.empty() && std::holds_alternative<Replay>(items_.front());
  }
  /// If a replay comes next that has not begun: begins it.
  std::optional<Begin> begin_replay();
  /// Not when empty, and not before a replay has begun.
  Next pop();

  /// Removes frames without counting them: they are void, or sent otherwise.
  void discard_frames();
  /// Removes events that a flush makes void; sticky ones but the segment stay.
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
    const Gop::Frame* last = nullptr; ///< Taken.
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
