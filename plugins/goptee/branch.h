#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <gst/gst.h>

#include "branch_queue.h"
#include "gop_cache.h"
#include "mini_ref.h"
#include "pace.h"
#include "squeeze.h"
#include "timeline.h"

namespace fanlight::goptee {

/// The path from the tee to one src pad: a bounded queue and the work of its streaming thread.
///
/// Threads: any. The streaming thread runs step(). The other threads only add to the queue and
/// never wait for the streaming thread. No lock is held during a push.
class Branch {
 public:
  using Limits = BranchQueue::Limits;
  struct Counters {
    guint64 pushed_buffers = 0;
    guint64 pushed_bytes = 0;
    guint64 dropped_buffers = 0; ///< Lost because the branch was too slow.
    guint64 dropped_groups = 0;  ///< Groups that lost at least one frame for that reason.
    guint64 replays = 0;         ///< Cached groups sent, at the start or on request.
    guint64 key_unit_requests = 0;
    guint64 level_buffers = 0;
    guint64 level_bytes = 0;
    GstClockTime level_duration = 0;
    bool waiting_for_key = false;
    GstFlowReturn last_flow = GST_FLOW_OK;
  };
  enum class Step { again, stop, wants_replay };
  /// How to send cached groups.
  struct ReplaySettings {
    GstClockTime squeeze_step = GST_MSECOND; ///< Least distance of squeezed frames, ns.
    guint64 bitrate = 0;                     ///< bit/s; 0: at once.
  };

  // For the tee, which calls one of these at a time.

  /// Opens the branch for one streaming thread. Returns the number for step().
  unsigned open(GstPad* pad, const GopSnapshot& snapshot, EventRef eos);
  /// Adds a live frame; `snapshot` is the cached group, which contains this frame.
  void deliver(const LiveFrame& frame, const GopSnapshot& snapshot);
  void deliver(const EventRef& event);
  /// The event begins a new stream: its frames before the first key frame are useless.
  void begin_stream(const EventRef& stream_start);
  /// Discards all buffers in the queue.
  void flush();
  /// The pad got or lost its peer.
  void link_changed(GstPad* pad, const GopSnapshot& snapshot);
  /// The receiver requests a key frame: it gets the cached group unless it got one within
  /// `interval`. Returns whether it will.
  bool replay_on_request(const GopSnapshot& snapshot, GstClockTime interval);
  /// Sends the cached group to a branch that could not take the first one in time.
  void replay_late_start(const GopSnapshot& snapshot);

  // For any thread.

  /// Prevents further pushes; a push in progress ends by itself.
  void close();
  /// Waits for the end of a push in progress; false after a timeout.
  bool wait_until_idle(std::chrono::milliseconds longest);
  bool on_streaming_thread() const;
  void set_limits(const Limits& limits);
  Limits limits() const;
  Counters counters() const;

  // For the streaming thread.

  /// Pushes the next frame or event to `pad`; waits if there is none.
  Step step(GstPad* pad, unsigned run, const ReplaySettings& settings);

 private:
  enum class Phase {
    unlinked, ///< No peer: ignores buffers.
    parked,   ///< The peer refuses buffers for now; the next frame is a new start.
    flowing,
    ended, ///< EOS or an error of the branch: until it is linked again or a new stream begins.
  };
  enum class Waiting { no, for_start, after_loss };
  using Clock = std::chrono::steady_clock;

  // With lock_ held.
  void start(const GopSnapshot& snapshot);
  void enqueue(const LiveFrame& frame);
  void enqueue(EventRef event);
  void put_replay(const GopSnapshot& snapshot, bool afresh);
  void discard_frames();
  void judge(GstFlowReturn flow, gsize size, unsigned epoch, bool last_of_replay);

  // On the streaming thread, without the lock.
  void plan_replay(GstPad* pad, const BranchQueue::Begin& replay, const ReplaySettings& settings);
  GstFlowReturn push_frame(GstPad* pad, BranchQueue::Next& next);
  GstFlowReturn push_event(GstPad* pad, BranchQueue::Next& next);
  void enter(GstEvent* segment_event);

  /// Protects everything below, except for what belongs to the streaming thread.
  mutable std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable idle_;

  BranchQueue queue_;
  Counters counters_; ///< Without those of the queue.
  EventRef eos_;      ///< Sent after the first replay.

  Phase phase_ = Phase::unlinked;
  Waiting waiting_ = Waiting::for_start;
  bool joining_ = true; ///< Has not yet caught up with the live stream.
  bool late_start_ = false;
  std::optional<Clock::time_point> last_replay_;

  bool open_ = false;
  unsigned run_ = 0; ///< Number of streaming threads so far.
  /// Incremented by everything that makes the result of an older push obsolete.
  unsigned epoch_ = 0;
  bool pushing_ = false;
  bool new_thread_ = false;
  std::thread::id thread_;

  // Only for the streaming thread.
  Timeline timeline_;
  std::vector<Stamp> plan_;
  Pace pace_;
};

} // namespace fanlight::goptee
