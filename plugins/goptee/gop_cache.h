#pragma once

#include <cstddef>
#include <memory>

#include <gst/gst.h>

#include "mini_ref.h"

namespace fanlight::goptee {

/// The frames of one group of pictures. It only grows, so whoever knows how many frames it had may
/// read that many without a lock while more are added.
class Gop {
 public:
  struct Frame {
    BufferRef buffer;
    Frame* next = nullptr;
  };

  Gop() = default;
  ~Gop();
  Gop(const Gop&) = delete;
  Gop& operator=(const Gop&) = delete;

  void append(BufferRef buffer);
  const Frame* first() const { return first_; }

 private:
  Frame* first_ = nullptr;
  Frame* last_ = nullptr;
};

/// The first `count` frames of a group, shared with the cache.
struct GopSnapshot {
  std::shared_ptr<const Gop> gop;
  std::size_t count = 0;
  guint64 bytes = 0;
  GstClockTime interval = 0; ///< Usual distance of two frames, in ns.

  explicit operator bool() const { return count > 0; }
};

/// Keeps the current group of pictures: the newest key frame and all that followed.
///
/// A group that outgrows a bound is given up whole and not cached again: without its beginning the
/// rest cannot be decoded, and the newest frames without their key frame are of no use either. A
/// new branch then waits for the next key frame. Threads: none of its own; Tee locks.
class GopCache {
 public:
  struct Bounds {
    guint64 bytes = 0;         ///< 0: no bound.
    GstClockTime duration = 0; ///< 0: no bound.
  };

  void set_bounds(Bounds bounds) { bounds_ = bounds; }
  Bounds bounds() const { return bounds_; }

  void append(const BufferRef& buffer, bool key);
  /// Forgets the group, and with `new_stream` also what was learnt of the stream's timing.
  void clear(bool new_stream);

  /// Empty when there is nothing to start a branch with.
  GopSnapshot snapshot() const;
  /// Whether the stream has been seen to hold B-frames.
  bool reordered() const { return reordered_; }

  guint64 bytes() const { return bytes_; }
  guint64 buffers() const { return count_; }
  GstClockTime duration() const { return count_ > 0 ? duration_ : 0; }
  guint64 groups() const { return groups_; }     ///< Key frames seen.
  guint64 outgrown() const { return outgrown_; } ///< Groups given up for a bound.

 private:
  void learn_timing(GstClockTime pts, bool key);
  void drop_group();

  Bounds bounds_;
  std::shared_ptr<Gop> gop_;
  std::size_t count_ = 0;
  guint64 bytes_ = 0;
  GstClockTime first_time_ = GST_CLOCK_TIME_NONE;
  GstClockTime duration_ = 0;

  GstClockTime last_pts_ = GST_CLOCK_TIME_NONE;
  GstClockTime highest_pts_ = GST_CLOCK_TIME_NONE;
  GstClockTime interval_ = 0;
  bool reordered_ = false;

  guint64 groups_ = 0;
  guint64 outgrown_ = 0;
};

} // namespace fanlight::goptee
