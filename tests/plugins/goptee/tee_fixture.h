#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gst/check/gstharness.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include "mini_ref.h"
#include "support/hang_limit.h"

namespace fanlight::test {

inline constexpr GstClockTime kFrame = 40 * GST_MSECOND; ///< 25 frames/s.

/// A flag that one thread sets and another waits for.
class Signal {
 public:
  void set();
  /// False when it hangs.
  [[nodiscard]] bool wait();

 private:
  std::mutex lock_; ///< Protects set_.
  std::condition_variable changed_;
  bool set_ = false;
};

/// Runs `task` in a thread of its own; false if it hangs.
[[nodiscard]] bool returns_in_time(std::function<void()> task);

/// What came to a viewer.
struct Received {
  GstClockTime pts = GST_CLOCK_TIME_NONE;
  GstClockTime dts = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  bool key = false;
  bool discont = false;
  int number = -1; ///< Which frame it is, from its bytes.
  BufferRef buffer;
};

/// One branch of a tee: a requested src pad and the harness behind it.
class Viewer {
 public:
  explicit Viewer(GstElement* tee, const char* pad = "src_%u");
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  /// The next buffer; fails the test if none comes.
  Received next();
  std::vector<Received> next(std::size_t count);
  /// The next event that is not a RECONFIGURE or the like; fails the test if none comes.
  EventRef next_event();
  void ask_for_key_frame();
  /// From now on buffers get no further than this pad.
  void block();
  /// Waits until a buffer or event is held by block().
  [[nodiscard]] bool blocked() { return blocked_->wait(); }
  void unblock();
  guint64 counter(const char* property) const;
  void set(const char* property, guint64 value);

  GstPad* pad() const { return pad_; }         ///< Of the tee.
  GstPad* sink() const { return h_->sinkpad; } ///< Of the viewer.
  GstHarness* harness() const { return h_; }

 private:
  GstHarness* h_;
  GstPad* pad_;
  gulong probe_ = 0;
  std::shared_ptr<Signal> blocked_ = std::make_shared<Signal>();
};

/// A tee with a source of numbered frames in front of it.
class TeeTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Stream-start, caps and segment of a source.
  void begin(const char* caps = "video/x-h264,stream-format=byte-stream,alignment=au",
             GstClockTime segment_start = 0);
  /// One frame of 100 bytes, `kFrame` after the one before; its number is counted from 0.
  GstFlowReturn push(bool key, gsize size = 100);
  /// A key frame and `deltas` that need it.
  void push_group(std::size_t deltas);
  GstFlowReturn push_at(GstClockTime pts, GstClockTime dts, bool key, gsize size = 100);
  void set(const char* property, guint64 value);
  guint64 counter(const char* property) const;
  guint64 stat(const char* field) const;
  std::unique_ptr<Viewer> join() { return std::make_unique<Viewer>(tee_); }

  GstElement* tee_ = nullptr;
  GstHarness* source_ = nullptr;
  int next_number_ = 0;
  GstClockTime time_ = 0; ///< Of the next frame.
};

/// The numbers of the frames, for comparing.
std::vector<int> numbers(const std::vector<Received>& frames);
std::vector<int> range(int first, int last);
::testing::AssertionResult strictly_increasing(const std::vector<Received>& frames);

} // namespace fanlight::test
