#include "tee_fixture.h"

#include <cstring>
#include <future>
#include <numeric>
#include <thread>

namespace fanlight::test {

void Signal::set() {
  std::lock_guard lock(lock_);
  set_ = true;
  changed_.notify_all();
}

bool Signal::wait() {
  std::unique_lock lock(lock_);
  return changed_.wait_for(lock, kHangLimit, [this] { return set_; });
}

bool returns_in_time(std::function<void()> task) {
  auto returned = std::make_shared<Signal>();
  std::thread thread([task = std::move(task), returned] {
    task();
    returned->set();
  });
  const bool in_time = returned->wait();
  in_time ? thread.join() : thread.detach();
  return in_time;
}

Viewer::Viewer(GstElement* tee, const char* pad)
    : h_(gst_harness_new_with_element(tee, nullptr, pad)), pad_(gst_pad_get_peer(h_->sinkpad)) {}

Viewer::~Viewer() {
  unblock();
  // Ours and the harness's: the tee's pad goes with it.
  GstElement* tee = GST_ELEMENT(gst_pad_get_parent(pad_));
  if (tee) {
    gst_element_release_request_pad(tee, pad_);
    gst_object_unref(tee);
  }
  gst_object_unref(pad_);
  gst_harness_teardown(h_);
}

Received Viewer::next() {
  Received received;
  received.buffer = BufferRef::adopt(gst_harness_pull(h_));
  GstBuffer* buffer = received.buffer.get();
  if (!buffer) {
    ADD_FAILURE() << "no buffer came";
    return received;
  }
  received.pts = GST_BUFFER_PTS(buffer);
  received.dts = GST_BUFFER_DTS(buffer);
  received.duration = GST_BUFFER_DURATION(buffer);
  received.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  received.discont = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  gst_buffer_extract(buffer, 0, &received.number, sizeof received.number);
  return received;
}

std::vector<Received> Viewer::next(std::size_t count) {
  std::vector<Received> frames;
  while (frames.size() < count) {
    frames.push_back(next());
    if (!frames.back().buffer) break;
  }
  return frames;
}

EventRef Viewer::next_event() {
  EventRef event = EventRef::adopt(gst_harness_pull_event(h_));
  if (!event) ADD_FAILURE() << "no event came";
  return event;
}

void Viewer::ask_for_key_frame() {
  gst_pad_push_event(sink(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
}

void Viewer::block() {
  const auto on_block = [](GstPad*, GstPadProbeInfo*, gpointer signal) {
    (*static_cast<std::shared_ptr<Signal>*>(signal))->set();
    return GST_PAD_PROBE_OK; // Stay blocked.
  };
  const auto free_signal = [](gpointer signal) {
    delete static_cast<std::shared_ptr<Signal>*>(signal);
  };
  probe_ = gst_pad_add_probe(sink(),
                             GstPadProbeType(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER),
                             on_block, new std::shared_ptr<Signal>(blocked_), free_signal);
}

void Viewer::unblock() {
  if (probe_) gst_pad_remove_probe(sink(), std::exchange(probe_, 0));
}

guint64 Viewer::counter(const char* property) const {
  guint64 value = 0;
  g_object_get(pad_, property, &value, nullptr);
  return value;
}

void Viewer::set(const char* property, guint64 value) {
  g_object_set(pad_, property, value, nullptr);
}

void TeeTest::SetUp() {
  tee_ = gst_element_factory_make("goptee", nullptr);
  ASSERT_NE(tee_, nullptr) << "is GST_PLUGIN_PATH set to the build's plugins folder?";
  gst_object_ref_sink(tee_);
  source_ = gst_harness_new_with_element(tee_, "sink", nullptr);
  gst_harness_play(source_);
}

void TeeTest::TearDown() {
  if (source_) gst_harness_teardown(source_);
  gst_element_set_state(tee_, GST_STATE_NULL);
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(tee_), 1) << "somebody still holds the tee";
  gst_object_unref(tee_);
}

void TeeTest::begin(const char* caps, GstClockTime segment_start) {
  gst_harness_push_event(source_, gst_event_new_stream_start("camera"));
  GstCaps* parsed = gst_caps_from_string(caps);
  gst_harness_push_event(source_, gst_event_new_caps(parsed));
  gst_caps_unref(parsed);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment_start;
  gst_harness_push_event(source_, gst_event_new_segment(&segment));
}

GstFlowReturn TeeTest::push(bool key, gsize size) {
  const GstClockTime time = time_;
  time_ += kFrame;
  return push_at(time, time, key, size);
}

void TeeTest::push_group(std::size_t deltas) {
  EXPECT_EQ(push(true), GST_FLOW_OK);
  for (std::size_t i = 0; i < deltas; ++i) EXPECT_EQ(push(false), GST_FLOW_OK);
}

GstFlowReturn TeeTest::push_at(GstClockTime pts, GstClockTime dts, bool key, gsize size) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, size, nullptr);
  gst_buffer_memset(buffer, 0, 0, size);
  gst_buffer_fill(buffer, 0, &next_number_, sizeof next_number_);
  ++next_number_;
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DTS(buffer) = dts;
  GST_BUFFER_DURATION(buffer) = kFrame;
  if (!key) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return gst_harness_push(source_, buffer);
}

void TeeTest::set(const char* property, guint64 value) {
  g_object_set(tee_, property, value, nullptr);
}

guint64 TeeTest::counter(const char* property) const {
  guint64 value = 0;
  g_object_get(tee_, property, &value, nullptr);
  return value;
}

guint64 TeeTest::stat(const char* field) const {
  GstStructure* stats = nullptr;
  g_object_get(tee_, "stats", &stats, nullptr);
  guint64 value = G_MAXUINT64;
  EXPECT_TRUE(gst_structure_get_uint64(stats, field, &value)) << field;
  gst_structure_free(stats);
  return value;
}

std::vector<int> numbers(const std::vector<Received>& frames) {
  std::vector<int> result;
  for (const Received& frame : frames) result.push_back(frame.number);
  return result;
}

std::vector<int> range(int first, int last) {
  std::vector<int> result(static_cast<std::size_t>(last - first + 1));
  std::iota(result.begin(), result.end(), first);
  return result;
}

::testing::AssertionResult strictly_increasing(const std::vector<Received>& frames) {
  for (std::size_t i = 1; i < frames.size(); ++i) {
    if (frames[i].pts <= frames[i - 1].pts)
      return ::testing::AssertionFailure() << "PTS of frame " << i << " goes back from "
                                           << frames[i - 1].pts << " to " << frames[i].pts;
    if (frames[i].dts <= frames[i - 1].dts)
      return ::testing::AssertionFailure() << "DTS of frame " << i << " goes back from "
                                           << frames[i - 1].dts << " to " << frames[i].dts;
  }
  return ::testing::AssertionSuccess();
}

} // namespace fanlight::test
