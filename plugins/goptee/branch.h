#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include <gst/gst.h>

#include "gop_cache.h"
#include "mini_ref.h"
#include "squeeze.h"
#include "timeline.h"

namespace fanlight {

/// A frame on its way to the branches.
struct LiveFrame {
  BufferRef buffer;
  bool grouped = false; ///< The stream has key frames (video).
  bool key = false;     ///< A decoder can start here.
};

/// The way from the tee to one src pad: a bounded queue, and what its streaming thread does.
///
/// Threads: any. The streaming thread runs step(); the others only put into the queue and never
/// wait for it. No lock is held while pushing.
class Branch {
 public:
  /// 0: no bound.
  struct Limits {
    guint64 bytes = 0;
    guint64 buffers = 0;
    GstClockTime duration = 0;
  };
  struct Counters {
    guint64 pushed_buffers = 0;
    guint64 pushed_bytes = 0;
    guint64 dropped_buffers = 0; ///< Because the branch did not keep up.
    guint64 dropped_groups = 0;  ///< Groups that lost at least one frame that way.
    guint64 replays = 0;         ///< Cached groups sent, at the start or on request.
    guint64 key_unit_requests = 0;
    guint64 level_buffers = 0;
    guint64 level_bytes = 0;
    GstClockTime level_duration = 0;
    bool waiting_for_key = false;
    GstFlowReturn last_flow = GST_FLOW_OK;
  };
  enum class Step { again, stop, wants_replay };

  // From the tee, which calls these one at a time.

  /// Opens the branch for one streaming thread and returns the number to give to step().
  unsigned open(GstPad* pad, const GopSnapshot& snapshot, EventRef eos);
  /// A live frame; `snapshot` is the cached group with this frame in it.
  void deliver(const LiveFrame& frame, const GopSnapshot& snapshot);
  void deliver(const EventRef& event);
  /// A new stream begins with the event: nothing of it is of use before its first key frame.
  void begin_stream(const EventRef& stream_start);
  /// All buffers in the queue are void.
  void flush();
  /// The pad got or lost its peer.
  void link_changed(GstPad* pad, const GopSnapshot& snapshot);
  /// The receiver asked for a key frame: it gets the cached group unless it got one within
  /// `interval`. Returns whether it will.
  bool replay_on_request(const GopSnapshot& snapshot, GstClockTime interval);
  /// Sends the cached group to a branch that could not take its first one in time.
  void replay_late_start(const GopSnapshot& snapshot);

  // From anybody.

  /// No push begins after this; one that is under way ends by itself.
  void close();
  /// Waits for the end of a push that is under way; false if it took longer.
  bool wait_until_idle(std::chrono::milliseconds longest);
  bool on_streaming_thread() const;
  void set_limits(const Limits& limits);
  Limits limits() const;
  Counters counters() const;

  // The streaming thread.

  /// Pushes the next frame or event to `pad`, waiting for one if there is none. `step_size` is the
  /// distance of squeezed frames.
  Step step(GstPad* pad, unsigned run, GstClockTime step_size);

 private:
  struct QueuedFrame {
    BufferRef buffer;
    bool key = false;
    bool discont = false;
    gsize size = 0;
    GstClockTime time = GST_CLOCK_TIME_NONE;
  };
  struct QueuedReplay {
    GopSnapshot snapshot;
    bool afresh = false; ///< The receiver knows no earlier timestamps.
  };
  using Item = std::variant<QueuedFrame, EventRef, QueuedReplay>;
  enum class Phase {
    unlinked, ///< No peer: buffers are not for us.
    parked,   ///< The peer refuses buffers for now; the next frame starts anew.
    flowing,
    ended, ///< EOS or an error of the branch: until it is linked anew or a new stream begins.
  };
  enum class Waiting { no, for_start, after_loss };
  struct Push {
    EventRef event;
    BufferRef buffer;
    bool discont = false;
    std::optional<std::size_t> replayed; ///< Its place in the group of pictures.
    bool last_of_replay = false;
    std::shared_ptr<const Gop> gop;
  };
  using Clock = std::chrono::steady_clock;

  // With lock_ held.
  void start(const GopSnapshot& snapshot);
  void enqueue(const LiveFrame& frame);
  void enqueue(Item item);
  bool fits(gsize size, GstClockTime time) const;
  bool make_room(const LiveFrame& frame, gsize size, GstClockTime time);
  void lose_oldest_frame();
  void lose_frames_before(std::size_t end); ///< Of the queue; counted. A replay goes, too.
  void mark_discont(std::deque<Item>::iterator from);
  void discard_frames(); ///< Not counted: they are void or sent otherwise.
  void put_replay(const GopSnapshot& snapshot, bool afresh);
  Push next_of_replay();
  void judge(GstFlowReturn flow, gsize size, unsigned epoch, bool last_of_replay);
  GstClockTime oldest_time() const;
  GstClockTime level_duration() const;

  // On the streaming thread, without the lock.
  void begin_replay(GstPad* pad, std::unique_lock<std::mutex>& lock, QueuedReplay replay,
                    GstClockTime step_size); ///< Unlocks.
  GstFlowReturn push_frame(GstPad* pad, Push& push);
  GstFlowReturn push_event(GstPad* pad, Push& push);
  void enter(GstEvent* segment_event);

  /// Protects everything below but timeline_ and plan_.
  mutable std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable idle_;

  Limits limits_;
  Counters counters_;
  std::deque<Item> queue_;
  guint64 level_bytes_ = 0;
  guint64 level_buffers_ = 0;
  EventRef eos_; ///< To be sent behind the first replay.

  Phase phase_ = Phase::unlinked;
  Waiting waiting_ = Waiting::for_start;
  bool discont_ = true; ///< The next frame into the queue follows a gap.
  bool joining_ = true; ///< Has not caught up with the live stream yet.
  bool late_start_ = false;
  std::optional<Clock::time_point> last_replay_;

  // The replay being pushed: its frames up to `replay_count_`.
  GopSnapshot replay_;
  const Gop::Frame* replay_frame_ = nullptr; ///< The last one taken.
  std::size_t replay_taken_ = 0;

  bool open_ = false;
  unsigned run_ = 0;   ///< Streaming threads so far.
  unsigned epoch_ = 0; ///< Grows with everything that makes the result of an older push void.
  bool pushing_ = false;
  bool new_thread_ = false;
  std::thread::id thread_;

  // The streaming thread's own.
  Timeline timeline_;
  std::vector<Stamp> plan_;
};

} // namespace fanlight
