// Thousands of src pads of goptee come and go from several threads while data flows.
#include "tee_fixture.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <thread>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FANLIGHT_SANITIZED 1
#else
#define FANLIGHT_SANITIZED 0
#endif

namespace fanlight::test {
namespace {

constexpr int kVisitors = 4;
constexpr int kVisits = FANLIGHT_SANITIZED ? 500 : 1500; // For each visitor.
constexpr int kGroup = 12;                               // Frames.

/// What a frame of the stress stream carries.
struct Content {
  int number;
  int of_group;
};

/// Frames that exist, to see that none is leaked.
std::atomic<int> living_frames{0};

BufferRef make_frame(int number) {
  Content* content = new Content{number, number % kGroup};
  ++living_frames;
  BufferRef frame = BufferRef::adopt(
      gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, content, sizeof *content, 0,
                                  sizeof *content, content, [](gpointer data) {
                                    --living_frames;
                                    delete static_cast<Content*>(data);
                                  }));
  const GstClockTime time = static_cast<GstClockTime>(number) * kFrame;
  GST_BUFFER_PTS(frame.get()) = GST_BUFFER_DTS(frame.get()) = time;
  GST_BUFFER_DURATION(frame.get()) = kFrame;
  if (content->of_group != 0) GST_BUFFER_FLAG_SET(frame.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return frame;
}

/// A branch that checks all that comes to it as a strict decoder would.
class Visitor {
 public:
  Visitor(GstElement* tee, GstFlowReturn answer) : tee_(tee), answer_(answer) {
    sink_ = gst_pad_new("sink", GST_PAD_SINK);
    gst_object_ref_sink(sink_);
    gst_pad_set_chain_function(sink_, [](GstPad* pad, GstObject*, GstBuffer* buffer) {
      return static_cast<Visitor*>(pad->chaindata)->take(BufferRef::adopt(buffer));
    });
    gst_pad_set_event_function(sink_, [](GstPad* pad, GstObject*, GstEvent* event) -> gboolean {
      static_cast<Visitor*>(pad->eventdata)->take(EventRef::adopt(event));
      return TRUE;
    });
    sink_->chaindata = sink_->eventdata = this;
    gst_pad_set_active(sink_, TRUE);
    pad_ = gst_element_request_pad_simple(tee, "src_%u");
  }
  ~Visitor() {
    if (pad_) leave();
    // After this no chain function runs any more.
    gst_pad_set_active(sink_, FALSE);
    gst_object_unref(sink_);
  }
  void link() { gst_pad_link(pad_, sink_); }
  void unlink() { gst_pad_unlink(pad_, sink_); }
  void ask() {
    gst_pad_push_event(sink_,
                       gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
  }
  void leave() {
    gst_element_release_request_pad(tee_, pad_);
    gst_object_unref(std::exchange(pad_, nullptr));
  }
  [[nodiscard]] bool served() { return served_.wait(); }
  std::string complaint() {
    std::lock_guard lock(lock_);
    return complaint_;
  }

 private:
  GstFlowReturn take(BufferRef frame) {
    std::lock_guard lock(lock_);
    Content content{};
    gst_buffer_extract(frame.get(), 0, &content, sizeof content);
    const GstClockTime pts = GST_BUFFER_PTS(frame.get());
    const bool discont = GST_BUFFER_FLAG_IS_SET(frame.get(), GST_BUFFER_FLAG_DISCONT);
    if (!segment_) complain("a frame before the segment");
    if (discont && content.of_group != 0) complain("a discontinuity within a group");
    if (!discont && content.number != last_number_ + 1)
      complain("frame " + std::to_string(content.number) + " after " +
               std::to_string(last_number_));
    if (GST_CLOCK_TIME_IS_VALID(last_pts_) && pts <= last_pts_ && !relinked_)
      complain("PTS goes back at frame " + std::to_string(content.number));
    relinked_ = false;
    last_number_ = content.number;
    last_pts_ = pts;
    if (++taken_ >= 3 || answer_ != GST_FLOW_OK) served_.set();
    return answer_;
  }
  void take(EventRef event) {
    std::lock_guard lock(lock_);
    if (GST_EVENT_TYPE(event.get()) == GST_EVENT_STREAM_START) relinked_ = true;
    if (GST_EVENT_TYPE(event.get()) == GST_EVENT_SEGMENT) segment_ = true;
  }
  void complain(std::string what) {
    if (complaint_.empty()) complaint_ = std::move(what);
  }

  GstElement* tee_;
  const GstFlowReturn answer_;
  GstPad* pad_ = nullptr;
  GstPad* sink_ = nullptr;
  Signal served_;
  std::mutex lock_; // Protects all below.
  std::string complaint_;
  bool segment_ = false;
  bool relinked_ = false;
  int last_number_ = -1;
  int taken_ = 0;
  GstClockTime last_pts_ = GST_CLOCK_TIME_NONE;
};

class StressTest : public TeeTest {
 protected:
  void SetUp() override {
    TeeTest::SetUp();
    begin();
    // The source of this test keeps no time.
    set("max-queue-time", 0);
    set("max-queue-buffers", 40);
    set("key-unit-interval", 0);
  }

  /// Runs `visit` kVisits times in each of kVisitors threads, with the source running all the time.
  void run(const std::function<std::string(std::mt19937&)>& visit) {
    std::atomic<bool> over{false};
    std::thread source([&] {
      for (int number = 0; !over; ++number) {
        EXPECT_EQ(gst_harness_push(source_, make_frame(number).release()), GST_FLOW_OK);
        // A source that never waits starves the threads it should compete with.
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    });
    std::array<std::string, kVisitors> complaints;
    std::vector<std::thread> visitors;
    for (unsigned i = 0; i < kVisitors; ++i)
      visitors.emplace_back([&, i] {
        std::mt19937 random(i + 1);
        for (int n = 0; n < kVisits && complaints[i].empty(); ++n) complaints[i] = visit(random);
      });
    for (std::thread& visitor : visitors) visitor.join();
    over = true;
    source.join();
    for (const std::string& complaint : complaints) EXPECT_EQ(complaint, "");
    EXPECT_EQ(GST_ELEMENT(tee_)->numsrcpads, 0);
  }

  void TearDown() override {
    TeeTest::TearDown();
    // The thread of a branch that a visitor released may still be giving back its last frames.
    const auto limit = std::chrono::steady_clock::now() + kHangLimit;
    while (living_frames != 0 && std::chrono::steady_clock::now() < limit)
      std::this_thread::yield();
    EXPECT_EQ(living_frames, 0) << "frames leaked";
  }
};

TEST_F(StressTest, StartsEveryVisitorWithAKeyFrameWhileOthersComeAndGo) {
  run([this](std::mt19937&) {
    Visitor visitor(tee_, GST_FLOW_OK);
    visitor.link();
    if (!visitor.served()) return std::string("nothing came");
    visitor.leave();
    return visitor.complaint();
  });
}

TEST_F(StressTest, SurvivesVisitorsThatLeaveAtAnyMoment) {
  run([this](std::mt19937& random) {
    Visitor visitor(tee_, GST_FLOW_OK);
    const auto moment = random() % 4;
    if (moment > 0) visitor.link();
    if (moment > 1) std::this_thread::sleep_for(std::chrono::microseconds(random() % 500));
    if (moment > 2 && !visitor.served()) return std::string("nothing came");
    return visitor.complaint();
  });
}

TEST_F(StressTest, KeepsTimestampsRisingForVisitorsThatKeepAskingForKeyFrames) {
  run([this](std::mt19937& random) {
    Visitor visitor(tee_, GST_FLOW_OK);
    visitor.link();
    for (auto i = random() % 4; i > 0; --i) visitor.ask();
    if (!visitor.served()) return std::string("nothing came");
    for (auto i = random() % 4; i > 0; --i) visitor.ask();
    return visitor.complaint();
  });
}

TEST_F(StressTest, SurvivesVisitorsThatFailUnlinkAndComeBack) {
  constexpr GstFlowReturn answers[] = {GST_FLOW_OK, GST_FLOW_ERROR, GST_FLOW_EOS, GST_FLOW_FLUSHING,
                                       GST_FLOW_NOT_LINKED};
  run([&](std::mt19937& random) {
    Visitor visitor(tee_, answers[random() % std::size(answers)]);
    visitor.link();
    if (random() % 2) visitor.unlink();
    if (random() % 2) visitor.ask();
    visitor.unlink();
    visitor.link();
    if (!visitor.served()) return std::string("nothing came");
    return std::string();
  });
}

TEST_F(StressTest, SurvivesAStopWithPadsComingAndGoing) {
  std::atomic<bool> over{false};
  std::thread switcher([&] {
    while (!over) {
      gst_element_set_state(tee_, GST_STATE_READY);
      gst_element_set_state(tee_, GST_STATE_PLAYING);
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> visitors;
  for (unsigned i = 0; i < kVisitors; ++i)
    visitors.emplace_back([this] {
      for (int n = 0; n < kVisits / 5; ++n) {
        Visitor visitor(tee_, GST_FLOW_OK);
        visitor.link();
        visitor.ask();
      }
    });
  for (std::thread& visitor : visitors) visitor.join();
  over = true;
  switcher.join();
  EXPECT_EQ(GST_ELEMENT(tee_)->numsrcpads, 0);
}

TEST_F(StressTest, SurvivesThatItIsDestroyedWhileItsSourceIsUnlinked) {
  // Between the end of a link and the news of it to the element.
  struct Moment {
    std::atomic<GstPad*> sink{nullptr};
    std::atomic<bool> came{false};
    int length = 0;
  } moment;
  const guint unlinked = g_signal_lookup("unlinked", GST_TYPE_PAD);
  const gulong hook = g_signal_add_emission_hook(
      unlinked, 0,
      [](GSignalInvocationHint*, guint, const GValue* values, gpointer data) -> gboolean {
        Moment& now = *static_cast<Moment*>(data);
        if (g_value_get_object(&values[0]) != now.sink) return TRUE;
        now.came = true;
        for (int i = 0; i < now.length; ++i) std::this_thread::yield();
        return TRUE;
      },
      &moment, nullptr);
  for (int n = 0; n < kVisits; ++n) {
    GstElement* const tee = gst_element_factory_make("goptee", nullptr);
    gst_object_ref_sink(tee);
    GstPad* const sink = gst_element_get_static_pad(tee, "sink");
    GstPad* const source = gst_pad_new("src", GST_PAD_SRC);
    gst_object_ref_sink(source);
    ASSERT_EQ(gst_pad_link(source, sink), GST_PAD_LINK_OK);
    moment.came = false;
    moment.length = n % 50;
    moment.sink = sink;

    std::thread unlinker([&] { gst_pad_unlink(source, sink); });
    while (!moment.came) std::this_thread::yield();
    gst_object_unref(tee);

    unlinker.join();
    EXPECT_FALSE(gst_pad_is_linked(source));
    gst_object_unref(source);
    gst_object_unref(sink);
  }
  g_signal_remove_emission_hook(unlinked, hook);
}

} // namespace
} // namespace fanlight::test
