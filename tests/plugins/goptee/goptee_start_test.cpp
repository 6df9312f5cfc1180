// How a branch of goptee begins: with the current group of pictures.
#include "tee_fixture.h"

namespace fanlight::test {
namespace {

TEST_F(TeeTest, StartsANewPadWithTheStickyEventsThenTheCachedGroupThenTheLiveFrames) {
  begin();
  push_group(4);

  const auto viewer = join();

  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_STREAM_START);
  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_CAPS);
  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_SEGMENT);
  EXPECT_EQ(numbers(viewer->next(5)), range(0, 4));
  push(false);
  EXPECT_EQ(viewer->next().number, 5);
}

TEST_F(TeeTest, SqueezesTheOldFramesToStepsOfAMillisecondBeforeTheNewest) {
  begin();
  push_group(4);

  const auto frames = join()->next(5);

  for (std::size_t i = 0; i < frames.size(); ++i) {
    const GstClockTime expected = 4 * kFrame - (4 - i) * GST_MSECOND;
    EXPECT_EQ(frames[i].pts, expected) << i;
    EXPECT_EQ(frames[i].dts, expected) << i;
    EXPECT_EQ(frames[i].duration, i < 4 ? GST_MSECOND : kFrame) << i;
  }
}

TEST_F(TeeTest, TakesTheStepOfTheSqueezeFromItsProperty) {
  set("squeeze-step", 5 * GST_MSECOND);
  begin();
  push_group(2);

  const auto frames = join()->next(3);

  EXPECT_EQ(frames[0].pts, 2 * kFrame - 10 * GST_MSECOND);
  EXPECT_EQ(frames[1].pts, 2 * kFrame - 5 * GST_MSECOND);
}

TEST_F(TeeTest, LetsTimestampsRiseFromTheReplayIntoTheLiveStream) {
  begin();
  push_group(30);
  const auto viewer = join();
  push(false);
  push(true);

  const auto frames = viewer->next(33);

  EXPECT_EQ(numbers(frames), range(0, 32));
  EXPECT_TRUE(strictly_increasing(frames));
  EXPECT_EQ(frames[31].pts, 31 * kFrame) << "a live frame keeps its time";
}

TEST_F(TeeTest, PushesTheMemoryOfTheSourceToAllBranchesWithoutACopy) {
  begin();
  push_group(1);
  const auto early = join();
  const auto late = join();

  const Received a = early->next();
  const Received b = late->next();

  EXPECT_NE(a.buffer.get(), nullptr);
  EXPECT_EQ(gst_buffer_peek_memory(a.buffer.get(), 0), gst_buffer_peek_memory(b.buffer.get(), 0));
}

TEST_F(TeeTest, KeepsTheCurrentGroupOnly) {
  begin();
  push_group(9);
  push_group(1);

  const auto viewer = join();

  EXPECT_EQ(numbers(viewer->next(2)), range(10, 11));
  EXPECT_EQ(counter("cached-buffers"), 2U);
  EXPECT_EQ(counter("cached-bytes"), 200U);
  EXPECT_EQ(counter("cached-time"), kFrame);
  EXPECT_EQ(counter("groups"), 2U);
}

TEST_F(TeeTest, LetsANewPadWaitForTheKeyFrameThatHasNotComeYet) {
  begin();
  push(false);
  const auto viewer = join();
  push(false);
  push_group(1);

  EXPECT_EQ(numbers(viewer->next(2)), range(2, 3));
  EXPECT_EQ(viewer->counter("dropped-buffers"), 0U) << "it was not too slow";
}

TEST_F(TeeTest, CachesNothingOfAGroupWithMoreThanTheAllowedBytes) {
  set("max-gop-bytes", 350);
  begin();
  push_group(3);
  EXPECT_EQ(counter("cached-bytes"), 0U);
  EXPECT_EQ(counter("outgrown-groups"), 1U);

  const auto viewer = join();
  push(false);
  push_group(1);

  EXPECT_EQ(numbers(viewer->next(2)), range(5, 6));
  EXPECT_EQ(counter("cached-buffers"), 2U) << "the next group is cached again";
}

TEST_F(TeeTest, CachesNothingOfAGroupThatIsLongerThanAllowed) {
  set("max-gop-time", 3 * kFrame);
  begin();
  push_group(3);
  EXPECT_EQ(counter("cached-buffers"), 4U);

  push(false);

  EXPECT_EQ(counter("cached-buffers"), 0U);
  EXPECT_EQ(counter("outgrown-groups"), 1U);
}

TEST_F(TeeTest, GoesOnUndisturbedInItsBranchesWhenAGroupOutgrowsTheCache) {
  set("max-gop-bytes", 350);
  begin();
  push_group(1);
  const auto viewer = join();
  push(false);
  push(false);
  push(false);

  EXPECT_EQ(numbers(viewer->next(5)), range(0, 4));
}

TEST_F(TeeTest, KeepsTheCachedGroupForAPadThatIsLinkedLater) {
  begin();
  push_group(1);
  GstPad* pad = gst_element_request_pad_simple(tee_, "src_%u");
  GstCaps* caps = gst_pad_get_current_caps(pad);
  EXPECT_NE(caps, nullptr) << "the caps are known before the link";
  gst_clear_caps(&caps);
  push(false);

  GstHarness* h = gst_harness_new_with_element(tee_, nullptr, nullptr);
  gst_harness_add_element_src_pad(h, pad);
  for (int number = 0; number < 3; ++number) {
    GstBuffer* buffer = gst_harness_pull(h);
    ASSERT_NE(buffer, nullptr);
    int received = -1;
    gst_buffer_extract(buffer, 0, &received, sizeof received);
    EXPECT_EQ(received, number);
    gst_buffer_unref(buffer);
  }

  gst_element_release_request_pad(tee_, pad);
  gst_object_unref(pad);
  gst_harness_teardown(h);
}

TEST_F(TeeTest, StartsAPadAnewWhenItIsLinkedAgain) {
  begin();
  push_group(1);
  const auto viewer = join();
  viewer->next(2);
  gst_pad_unlink(viewer->pad(), viewer->sink());
  push(false);

  gst_pad_link(viewer->pad(), viewer->sink());

  const auto frames = viewer->next(3);
  EXPECT_EQ(numbers(frames), range(0, 2));
  EXPECT_TRUE(frames[0].discont);
}

TEST_F(TeeTest, OwesAPadThatIsLinkedAgainNothingOfItsPast) {
  begin();
  push_group(1);
  const auto viewer = join();
  viewer->next(2);

  gst_pad_unlink(viewer->pad(), viewer->sink());
  gst_pad_link(viewer->pad(), viewer->sink());

  EXPECT_EQ(viewer->next(2)[1].pts, kFrame) << "the newest frame has its own time again";
}

TEST_F(TeeTest, MarksTheFirstFrameOfABranchAsADiscontinuity) {
  begin();
  push_group(2);

  const auto frames = join()->next(3);

  EXPECT_TRUE(frames[0].discont);
  EXPECT_FALSE(frames[1].discont);
  EXPECT_FALSE(frames[2].discont);
}

TEST_F(TeeTest, PassesSoundOnWithoutKeyFramesOrCache) {
  begin("audio/x-opus,rate=48000,channels=2");
  push(true);
  push(false);
  const auto listener = join();
  push(false);
  push(true);

  EXPECT_EQ(numbers(listener->next(2)), range(2, 3));
  EXPECT_EQ(counter("cached-buffers"), 0U);
}

TEST_F(TeeTest, ReplaysFramesWithoutTimestampsAsTheyAre) {
  begin();
  push_at(GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, true);
  push_at(GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, false);

  const auto frames = join()->next(2);

  EXPECT_EQ(numbers(frames), range(0, 1));
  EXPECT_EQ(frames[0].pts, GST_CLOCK_TIME_NONE);
}

TEST_F(TeeTest, GivesEachPadItsName) {
  GstPad* first = gst_element_request_pad_simple(tee_, "src_%u");
  GstPad* chosen = gst_element_request_pad_simple(tee_, "src_1");
  GstPad* next = gst_element_request_pad_simple(tee_, "src_%u");

  EXPECT_STREQ(GST_PAD_NAME(first), "src_0");
  EXPECT_STREQ(GST_PAD_NAME(chosen), "src_1");
  EXPECT_STREQ(GST_PAD_NAME(next), "src_2");
  for (GstPad* pad : {first, chosen, next}) {
    gst_element_release_request_pad(tee_, pad);
    gst_object_unref(pad);
  }
}

} // namespace
} // namespace fanlight::test
