#pragma once

#include <cstddef>
#include <memory>

#include <gst/gst.h>

#include "mini_ref.h"

namespace fanlight::goptee {

/// The frames of one group of pictures. It only grows, so a reader that knows the number of frames
/// can read these without a lock while more are added.
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
  GstClockTime interval = 0; ///< Usual distance of two frames, ns.

  explicit operator bool() const { return count > 0; }
};

/// Caches the current group of pictures: the newest key frame and all frames after it.
///
/// If a group exceeds a limit, the cache drops it completely and does not cache the rest: without
/// its beginning nothing can be decoded. A new branch then waits for the next key frame. Threads:
/// none of its own; Tee locks.
class GopCache {
 public:
  struct Bounds {
    guint64 bytes = 0;         ///< 0: no limit.
    GstClockTime duration = 0; ///< 0: no limit.
  };

  void set_bounds(Bounds bounds) { bounds_ = bounds; }
  Bounds bounds() const { return bounds_; }

  void append(const BufferRef& buffer, bool key);
  /// Drops the group; with `new_stream`, also what was learnt about the stream's timing.
  void clear(bool new_stream);

  /// Empty if the cache has no frames to start a branch with.
  GopSnapshot snapshot() const;
  /// Whether the stream contains B-frames, as far as is known.
  bool reordered() const { return reordered_; }

  guint64 bytes() const { return bytes_; }
  guint64 buffers() const { return count_; }
  GstClockTime duration() const { return count_ > 0 ? duration_ : 0; }
  guint64 groups() const { return groups_; }     ///< Number of key frames.
  guint64 outgrown() const { return outgrown_; } ///< Groups dropped because of a limit.

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
