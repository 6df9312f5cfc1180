// How goptee answers a viewer that asks for a key frame.
#include "tee_fixture.h"

namespace fanlight::test {
namespace {

class KeyUnitTest : public TeeTest {
 protected:
  void SetUp() override {
    TeeTest::SetUp();
    set("key-unit-interval", 0);
  }
  /// Key frame requests that reached the source.
  guint upstream_requests() {
    guint count = 0;
    while (GstEvent* event = gst_harness_try_pull_upstream_event(source_)) {
      if (gst_video_event_is_force_key_unit(event)) ++count;
      gst_event_unref(event);
    }
    return count;
  }
};

TEST_F(KeyUnitTest, SendsTheCachedGroupAtOnce) {
  begin();
  push_group(4);
  const auto viewer = join();
  viewer->next(5);

  viewer->ask_for_key_frame();

  const auto frames = viewer->next(5);
  EXPECT_EQ(numbers(frames), range(0, 4));
  EXPECT_TRUE(frames[0].key);
  EXPECT_TRUE(frames[0].discont);
}

TEST_F(KeyUnitTest, PutsTheReplayBetweenTheLastSentAndTheNextFrame) {
  begin();
  push_group(99);
  const auto viewer = join();
  auto frames = viewer->next(100);
  viewer->ask_for_key_frame();
  for (Received& frame : viewer->next(100)) frames.push_back(std::move(frame));
  push(false);
  push(false);
  for (Received& frame : viewer->next(2)) frames.push_back(std::move(frame));

  EXPECT_TRUE(strictly_increasing(frames));
  EXPECT_EQ(frames[199].number, 99);
  EXPECT_LT(frames[199].pts, 100 * kFrame);
  EXPECT_EQ(frames[200].pts, 100 * kFrame) << "the next live frame keeps its time";
}

TEST_F(KeyUnitTest, KeepsTwoReplayedFramesApartInRtpTime) {
  set("max-gop-time", 0);
  begin();
  push_group(1000);
  const auto viewer = join();
  viewer->next(1001);
  viewer->ask_for_key_frame();

  const auto frames = viewer->next(1001);

  for (std::size_t i = 1; i < frames.size(); ++i) {
    const auto rtp = [&](std::size_t n) {
      return gst_util_uint64_scale_int(frames[n].pts, 90000, GST_SECOND);
    };
    ASSERT_LT(rtp(i - 1), rtp(i)) << i;
  }
}

TEST_F(KeyUnitTest, LetsTimestampsRiseThroughManyRequestsWithinAFrame) {
  begin();
  push_group(49);
  const auto viewer = join();
  auto frames = viewer->next(50);
  for (int i = 0; i < 5; ++i) {
    viewer->ask_for_key_frame();
    for (Received& frame : viewer->next(50)) frames.push_back(std::move(frame));
  }
  for (int i = 0; i < 10; ++i) push(false);
  for (Received& frame : viewer->next(10)) frames.push_back(std::move(frame));

  EXPECT_TRUE(strictly_increasing(frames));
  EXPECT_EQ(frames.back().pts, 59 * kFrame) << "the timestamps are the source's again";
}

TEST_F(KeyUnitTest, FillsTheRoomUpToTheNewestFrameForABranchThatIsBehind) {
  begin();
  push_group(0);
  const auto viewer = join();
  viewer->next(1);
  viewer->block();
  push(false); // 1, in the push.
  ASSERT_TRUE(viewer->blocked());
  push(false);
  push(false); // 2 and 3 wait in the queue.

  viewer->ask_for_key_frame();
  viewer->unblock();
  push(false);

  const auto frames = viewer->next(6);
  EXPECT_EQ(numbers(frames), (std::vector<int>{1, 0, 1, 2, 3, 4}));
  EXPECT_TRUE(strictly_increasing(frames));
  EXPECT_EQ(frames[4].pts, 3 * kFrame) << "the newest keeps its time";
}

TEST_F(KeyUnitTest, PutsTheReplayAfterWhatWasSentInAnOlderSegment) {
  begin();
  push_group(0);
  const auto viewer = join();
  viewer->next(1);
  viewer->block();
  push(false); // 1, in the push, at a running time of one frame.
  ASSERT_TRUE(viewer->blocked());
  begin("video/x-h264,stream-format=byte-stream,alignment=au", 10 * GST_SECOND);
  time_ = 10 * GST_SECOND; // A source that does not count on: its running time starts at 0.
  push_group(1);

  viewer->ask_for_key_frame();
  viewer->unblock();

  const auto frames = viewer->next(3);
  EXPECT_EQ(numbers(frames), range(1, 3));
  EXPECT_GT(frames[1].pts, 10 * GST_SECOND + kFrame);
}

TEST_F(KeyUnitTest, AnswersAPadOnceInItsInterval) {
  set("key-unit-interval", GST_SECOND * 3600);
  begin();
  push_group(1);
  const auto viewer = join();
  viewer->next(2); // Its start counts as well: the key frame is on its way.
  viewer->ask_for_key_frame();
  push(false);
  EXPECT_EQ(viewer->next().number, 2) << "no replay came before it";

  set("key-unit-interval", 0);
  viewer->ask_for_key_frame();

  EXPECT_EQ(numbers(viewer->next(3)), range(0, 2));
  EXPECT_EQ(viewer->counter("key-unit-requests"), 2U);
  EXPECT_EQ(viewer->counter("replays"), 2U);
}

TEST_F(KeyUnitTest, CountsTheIntervalForEachPad) {
  begin();
  push_group(1);
  const auto first = join();
  first->next(2);
  first->ask_for_key_frame();
  first->next(2);
  set("key-unit-interval", GST_SECOND * 3600);
  push_group(0);
  const auto second = join();

  EXPECT_EQ(second->next().number, 2);
}

TEST_F(KeyUnitTest, AnswersOnlyTheBranchThatAsked) {
  begin();
  push_group(1);
  const auto asking = join();
  const auto other = join();
  asking->next(2);
  other->next(2);

  asking->ask_for_key_frame();
  asking->next(2);
  push(false);

  EXPECT_EQ(other->next().number, 2);
}

TEST_F(KeyUnitTest, BringsABranchBackThatWaitsAfterALoss) {
  begin();
  push_group(0);
  const auto viewer = join();
  viewer->next(1);
  viewer->set("max-queue-buffers", 1);
  viewer->block();
  push(false);
  ASSERT_TRUE(viewer->blocked());
  push(false);
  push(false);
  gboolean waiting = FALSE;
  g_object_get(viewer->pad(), "waiting-for-key", &waiting, nullptr);
  EXPECT_TRUE(waiting);

  viewer->ask_for_key_frame();
  viewer->unblock();

  EXPECT_EQ(numbers(viewer->next(5)), (std::vector<int>{1, 0, 1, 2, 3}));
}

TEST_F(KeyUnitTest, ForwardsRequestsToTheSourceOnceInTheIntervalOfAllPads) {
  set("upstream-key-unit-interval", GST_SECOND * 3600);
  begin();
  push_group(0);
  const auto first = join();
  const auto second = join();
  first->next(1);
  second->next(1);

  first->ask_for_key_frame();
  second->ask_for_key_frame();
  first->ask_for_key_frame();
  EXPECT_EQ(upstream_requests(), 1U);

  set("upstream-key-unit-interval", 0);
  second->ask_for_key_frame();
  EXPECT_EQ(upstream_requests(), 1U);
  EXPECT_EQ(stat("key-unit-requests"), 4U);
  EXPECT_EQ(stat("key-unit-requests-sent"), 2U);
}

TEST_F(KeyUnitTest, AsksTheSourceWhenNothingIsCached) {
  begin();
  const auto viewer = join();

  viewer->ask_for_key_frame();

  EXPECT_EQ(upstream_requests(), 1U);
  EXPECT_EQ(viewer->counter("replays"), 0U);
}

TEST_F(KeyUnitTest, DoesNotReplayAStreamWithBFrames) {
  begin();
  push_at(2 * kFrame, 0, true);
  push_at(5 * kFrame, 1 * kFrame, false);
  push_at(3 * kFrame, 2 * kFrame, false);
  const auto viewer = join();
  viewer->next(3);

  viewer->ask_for_key_frame();
  push_at(4 * kFrame, 3 * kFrame, false);

  EXPECT_EQ(viewer->next().number, 3);
  EXPECT_EQ(upstream_requests(), 1U);
}

TEST_F(KeyUnitTest, HasTheDefaultsOfABrowser) {
  GstElement* fresh = gst_element_factory_make("goptee", nullptr);
  guint64 pad_interval = 0;
  guint64 upstream_interval = 0;
  g_object_get(fresh, "key-unit-interval", &pad_interval, "upstream-key-unit-interval",
               &upstream_interval, nullptr);

  EXPECT_EQ(pad_interval, 500 * GST_MSECOND);
  EXPECT_EQ(upstream_interval, GST_SECOND);
  gst_object_unref(fresh);
}

} // namespace
} // namespace fanlight::test
