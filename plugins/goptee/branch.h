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

/// The way from the tee to one src pad: a bounded queue, and what its streaming thread does.
///
/// Threads: any. The streaming thread runs step(); the others only put into the queue and never
/// wait for it. No lock is held while pushing.
class Branch {
 public:
  using Limits = BranchQueue::Limits;
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
  /// How cached groups are sent.
  struct ReplaySettings {
    GstClockTime squeeze_step = GST_MSECOND; ///< Least distance of squeezed frames, in ns.
    guint64 bitrate = 0;                     ///< bit/s; 0: at once.
  };

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

  /// Pushes the next frame or event to `pad`, waiting for one if there is none.
  Step step(GstPad* pad, unsigned run, const ReplaySettings& settings);

 private:
  enum class Phase {
    unlinked, ///< No peer: buffers are not for us.
    parked,   ///< The peer refuses buffers for now; the next frame starts anew.
    flowing,
    ended, ///< EOS or an error of the branch: until it is linked anew or a new stream begins.
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

  /// Protects everything below but what is the streaming thread's own.
  mutable std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable idle_;

  BranchQueue queue_;
  Counters counters_; ///< Those that are not of the queue.
  EventRef eos_;      ///< To be sent behind the first replay.

  Phase phase_ = Phase::unlinked;
  Waiting waiting_ = Waiting::for_start;
  bool joining_ = true; ///< Has not caught up with the live stream yet.
  bool late_start_ = false;
  std::optional<Clock::time_point> last_replay_;

  bool open_ = false;
  unsigned run_ = 0;   ///< Streaming threads so far.
  unsigned epoch_ = 0; ///< Grows with everything that makes the result of an older push void.
  bool pushing_ = false;
  bool new_thread_ = false;
  std::thread::id thread_;

  // The streaming thread's own.
  Timeline timeline_;
  std::vector<Stamp> plan_;
  Pace pace_;
};

} // namespace fanlight::goptee
