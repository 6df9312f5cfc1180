// What happens in goptee to a branch that is slow, stuck or failing, and to everybody else:
// nothing.
#include "tee_fixture.h"

#include <algorithm>

namespace fanlight::test {
namespace {

class QueueTest : public TeeTest {
 protected:
  /// A viewer that has taken all so far and takes nothing more, with one frame stuck in the push.
  std::unique_ptr<Viewer> stuck_viewer() {
    begin();
    push_group(0);
    auto viewer = join();
    viewer->next(1);
    viewer->block();
    push(false);
    EXPECT_TRUE(viewer->blocked());
    return viewer; // Frame 1 is in the push.
  }
};

TEST_F(QueueTest, KeepsTheSourceAndTheOtherBranchesGoingWhenOneIsStuck) {
  const auto stuck = stuck_viewer();
  const auto other = join();
  EXPECT_EQ(numbers(other->next(2)), range(0, 1));
  other->set("max-queue-time", 0); // The source of this test is faster than any camera.

  ASSERT_TRUE(returns_in_time([this] {
    for (int i = 0; i < 500; ++i) EXPECT_EQ(push(i % 50 == 0), GST_FLOW_OK);
  }));

  EXPECT_EQ(numbers(other->next(500)), range(2, 501));
  EXPECT_EQ(other->counter("dropped-buffers"), 0U);
}

TEST_F(QueueTest, LosesTheRestOfTheGroupAndGoesOnWithTheNextKeyFrame) {
  const auto viewer = stuck_viewer();
  viewer->set("max-queue-buffers", 3);
  for (int i = 0; i < 5; ++i) push(false); // 2 to 6: three fit, the fourth is one too many.
  EXPECT_EQ(viewer->counter("dropped-buffers"), 5U);
  EXPECT_EQ(viewer->counter("dropped-groups"), 1U);
  EXPECT_EQ(viewer->counter("level-buffers"), 0U);
  push_group(1); // 7 and 8.

  viewer->unblock();

  const auto frames = viewer->next(3);
  EXPECT_EQ(numbers(frames), (std::vector<int>{1, 7, 8}));
  EXPECT_TRUE(frames[1].key);
  EXPECT_TRUE(frames[1].discont);
  EXPECT_FALSE(frames[2].discont);
  EXPECT_EQ(viewer->counter("dropped-groups"), 1U);
}

TEST_F(QueueTest, KeepsTheNewestGroupInTheQueueWhenOlderOnesMakeEnoughRoom) {
  const auto viewer = stuck_viewer();
  viewer->set("max-queue-buffers", 4);
  push(false);   // 2
  push(false);   // 3
  push_group(1); // 4, 5
  push(false);   // 6 is one too many: 2 and 3 go.

  EXPECT_EQ(viewer->counter("dropped-buffers"), 2U);
  EXPECT_EQ(viewer->counter("dropped-groups"), 1U);
  viewer->unblock();

  const auto frames = viewer->next(4);
  EXPECT_EQ(numbers(frames), (std::vector<int>{1, 4, 5, 6}));
  EXPECT_TRUE(frames[1].discont);
}

TEST_F(QueueTest, CountsEveryGroupThatLosesFrames) {
  const auto viewer = stuck_viewer();
  viewer->set("max-queue-buffers", 5);
  push(false);   // 2: the rest of the first group
  push_group(1); // 3, 4: the second
  push_group(1); // 5, 6: the third
  push_group(0); // 7 is one too many, and nothing before it is of use any more.

  EXPECT_EQ(viewer->counter("dropped-buffers"), 5U);
  EXPECT_EQ(viewer->counter("dropped-groups"), 3U);
  viewer->unblock();
  EXPECT_EQ(numbers(viewer->next(2)), (std::vector<int>{1, 7}));
}

TEST_F(QueueTest, BoundsTheQueueInBytes) {
  const auto viewer = stuck_viewer();
  viewer->set("max-queue-bytes", 250);
  push(false);
  push(false);
  EXPECT_EQ(viewer->counter("level-bytes"), 200U);

  push(false);

  EXPECT_EQ(viewer->counter("level-bytes"), 0U);
  EXPECT_EQ(viewer->counter("dropped-buffers"), 3U);
}

TEST_F(QueueTest, BoundsTheQueueInTime) {
  const auto viewer = stuck_viewer();
  viewer->set("max-queue-time", 2 * kFrame);
  for (int i = 0; i < 3; ++i) push(false);
  EXPECT_EQ(viewer->counter("level-time"), 2 * kFrame);

  push(false);

  EXPECT_EQ(viewer->counter("level-time"), 0U);
  EXPECT_EQ(viewer->counter("dropped-buffers"), 4U);
}

TEST_F(QueueTest, TakesAFrameThatIsLargerThanTheWholeQueue) {
  set("max-queue-bytes", 50);
  begin();
  const auto viewer = join();

  push(true, 1000);

  EXPECT_EQ(viewer->next().number, 0);
}

TEST_F(QueueTest, GivesNewPadsTheLimitsOfTheElement) {
  set("max-queue-bytes", 1234);
  set("max-queue-time", 5678);
  set("max-queue-buffers", 9);
  const auto viewer = join();

  set("max-queue-bytes", 1);

  EXPECT_EQ(viewer->counter("max-queue-bytes"), 1234U);
  EXPECT_EQ(viewer->counter("max-queue-time"), 5678U);
  EXPECT_EQ(viewer->counter("max-queue-buffers"), 9U);
}

TEST_F(QueueTest, DropsTheOldestSoundOfASlowBranchAndMarksTheGap) {
  begin("audio/x-opus,rate=48000,channels=2");
  const auto listener = join();
  listener->set("max-queue-buffers", 2);
  listener->block();
  push(true);
  ASSERT_TRUE(listener->blocked());
  for (int i = 0; i < 5; ++i) push(true); // 1 to 5; 4 and 5 remain.

  EXPECT_EQ(listener->counter("dropped-buffers"), 3U);
  EXPECT_EQ(listener->counter("dropped-groups"), 0U);
  listener->unblock();

  const auto buffers = listener->next(3);
  EXPECT_EQ(numbers(buffers), (std::vector<int>{0, 4, 5}));
  EXPECT_TRUE(buffers[1].discont);
  EXPECT_FALSE(buffers[2].discont);
}

TEST_F(QueueTest, KeepsTheOrderOfEventsAndTheFramesThatStay) {
  const auto viewer = stuck_viewer();
  viewer->set("max-queue-buffers", 2);
  while (GST_EVENT_TYPE(viewer->next_event().get()) != GST_EVENT_SEGMENT) {
  }
  push(false);
  gst_harness_push_event(source_,
                         gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "front", nullptr)));
  push(false);
  push(false); // Too many: 2 to 4 go, the tag stays.
  push_group(0);
  viewer->unblock();

  EXPECT_EQ(numbers(viewer->next(2)), (std::vector<int>{1, 5}));
  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_TAG);
}

TEST_F(QueueTest, StartsABranchWithTheNewestPicturesThatWasBlockedWhenItJoined) {
  set("max-queue-buffers", 10);
  begin();
  push_group(3); // 0 to 3
  GstPad* pad = gst_element_request_pad_simple(tee_, "src_%u");
  GstHarness* h = gst_harness_new_with_element(tee_, nullptr, nullptr);
  auto blocked = std::make_unique<Signal>();
  const auto on_block = [](GstPad*, GstPadProbeInfo*, gpointer signal) {
    static_cast<Signal*>(signal)->set();
    return GST_PAD_PROBE_OK;
  };
  const gulong probe =
      gst_pad_add_probe(pad, GstPadProbeType(GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER),
                        on_block, blocked.get(), nullptr);
  gst_harness_add_element_src_pad(h, pad);
  ASSERT_TRUE(blocked->wait());
  // The transport takes long to connect: much more comes than the queue holds, and no key frame.
  for (int i = 0; i < 50; ++i) push(false);

  gst_pad_remove_probe(pad, probe);

  // What was in the push, then the whole group up to now; no waiting for a key frame.
  std::vector<int> received;
  std::vector<GstClockTime> times;
  for (int i = 0; i < 1 + 54; ++i) {
    GstBuffer* buffer = gst_harness_pull(h);
    ASSERT_NE(buffer, nullptr);
    int number = -1;
    gst_buffer_extract(buffer, 0, &number, sizeof number);
    received.push_back(number);
    times.push_back(GST_BUFFER_PTS(buffer));
    gst_buffer_unref(buffer);
  }
  std::vector<int> expected{0};
  for (int number : range(0, 53)) expected.push_back(number);
  EXPECT_EQ(received, expected);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end(), std::less_equal<>()));

  gst_element_release_request_pad(tee_, pad);
  gst_object_unref(pad);
  gst_harness_teardown(h);
}

TEST_F(QueueTest, ReleasesAPadWhoseBranchIsStuckInAPush) {
  auto viewer = stuck_viewer();
  GstPad* pad = GST_PAD(gst_object_ref(viewer->pad()));

  ASSERT_TRUE(returns_in_time([&] { gst_element_release_request_pad(tee_, pad); }));

  EXPECT_EQ(GST_OBJECT_PARENT(pad), nullptr);
  push_group(3); // And the source does not care.
  viewer->unblock();
  gst_object_unref(pad);
}

TEST_F(QueueTest, LetsTheThreadOfAReleasedPadEndWhenItsBranchReturns) {
  auto viewer = stuck_viewer();
  auto gone = std::make_shared<Signal>();
  g_object_weak_ref(
      G_OBJECT(viewer->pad()),
      [](gpointer signal, GObject*) {
        (*static_cast<std::shared_ptr<Signal>*>(signal))->set();
        delete static_cast<std::shared_ptr<Signal>*>(signal);
      },
      new std::shared_ptr<Signal>(gone));
  gst_element_release_request_pad(tee_, viewer->pad());

  viewer->unblock();
  viewer.reset();

  EXPECT_TRUE(gone->wait()) << "the pad outlives its thread";
}

TEST_F(QueueTest, StopsWithTheElementEvenIfABranchIsStuck) {
  const auto stuck = stuck_viewer();

  ASSERT_TRUE(returns_in_time([this] { gst_element_set_state(tee_, GST_STATE_NULL); }));

  stuck->unblock();
}

TEST_F(QueueTest, ReleasesAPadFromItsOwnThread) {
  begin();
  const auto viewer = join();
  auto released = std::make_shared<Signal>();
  const auto release = [](GstPad* pad, GstPadProbeInfo*, gpointer signal) {
    GstElement* tee = GST_ELEMENT(gst_pad_get_parent(pad));
    gst_element_release_request_pad(tee, pad);
    gst_object_unref(tee);
    (*static_cast<std::shared_ptr<Signal>*>(signal))->set();
    return GST_PAD_PROBE_REMOVE;
  };
  gst_pad_add_probe(viewer->pad(), GST_PAD_PROBE_TYPE_BUFFER, release,
                    new std::shared_ptr<Signal>(released),
                    [](gpointer signal) { delete static_cast<std::shared_ptr<Signal>*>(signal); });

  push_group(0);

  ASSERT_TRUE(released->wait());
  EXPECT_EQ(GST_OBJECT_PARENT(viewer->pad()), nullptr);
  EXPECT_EQ(push(false), GST_FLOW_OK);
}

TEST_F(QueueTest, TakesFramesWithoutAnySrcPad) {
  begin();

  EXPECT_EQ(push(true), GST_FLOW_OK);
  EXPECT_EQ(push(false), GST_FLOW_OK);
}

} // namespace
} // namespace fanlight::test
