// What the viewers of a camera get whose timestamps are wrong, by the property `restamp`.
#include "tee_fixture.h"

namespace fanlight::test {
namespace {

class RestampTest : public TeeTest {
 protected:
  void SetUp() override {
    TeeTest::SetUp();
    gst_harness_use_testclock(source_);
    // With the clock comes a base time; the tee's is that of its pipeline.
    gst_element_set_base_time(tee_, 0);
    g_object_set(tee_, "restamp", TRUE, nullptr);
  }
  /// A frame that comes now and says `pts`.
  void come(GstClockTime pts, bool key = false) {
    now_ += kFrame;
    gst_harness_set_time(source_, now_);
    ASSERT_EQ(push_at(pts, GST_CLOCK_TIME_NONE, key), GST_FLOW_OK);
  }
  /// Whether each PTS comes after the one before; there is no DTS in RTP.
  static testing::AssertionResult move_forward(const std::vector<Received>& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
      if (!GST_CLOCK_TIME_IS_VALID(frames[i].pts) || (i > 0 && frames[i].pts <= frames[i - 1].pts))
        return testing::AssertionFailure() << "PTS of frame " << i << " is " << frames[i].pts;
    return testing::AssertionSuccess();
  }

  GstClockTime now_ = 0;
};

TEST_F(RestampTest, LeavesGoodTimestampsAndTheirBuffersAlone) {
  begin();
  const auto viewer = join();
  for (int i = 0; i < 10; ++i) come(now_ + kFrame, i == 0);
  for (GstClockTime i = 1; i <= 10; ++i) EXPECT_EQ(viewer->next().pts, i * kFrame);
  EXPECT_EQ(stat("restamped-buffers"), 0U);
}

TEST_F(RestampTest, GivesViewersOneClockThroughJumpsStandstillsAndGaps) {
  begin();
  const auto viewer = join();
  for (int i = 0; i < 10; ++i) come(now_ + kFrame, i == 0);
  for (int i = 0; i < 10; ++i) come(now_ + kFrame + 3600 * GST_SECOND);
  for (int i = 0; i < 10; ++i) come(GST_CLOCK_TIME_NONE);
  for (int i = 0; i < 10; ++i) come(5 * GST_SECOND);
  for (GstClockTime i = 0; i < 10; ++i) come(i * kFrame);

  const std::vector<Received> frames = viewer->next(50);
  EXPECT_TRUE(move_forward(frames));
  EXPECT_EQ(numbers(frames), range(0, 49));
  for (std::size_t i = 0; i < frames.size(); ++i)
    EXPECT_NEAR(static_cast<double>(frames[i].pts), static_cast<double>((i + 1) * kFrame),
                static_cast<double>(2 * kFrame));
  EXPECT_EQ(stat("restamped-buffers"), 40U);
}

TEST_F(RestampTest, GivesALateViewerTheMendedTimes) {
  begin();
  for (int i = 0; i < 10; ++i) come(now_ + kFrame, i == 0);
  for (int i = 0; i < 10; ++i) come(now_ + kFrame + 3600 * GST_SECOND);
  const auto viewer = join();
  const std::vector<Received> frames = viewer->next(20);
  EXPECT_TRUE(move_forward(frames));
  EXPECT_NEAR(static_cast<double>(frames.back().pts), static_cast<double>(now_),
              static_cast<double>(kFrame));
}

TEST_F(RestampTest, MovesForwardOverAReconnect) {
  begin();
  const auto viewer = join();
  for (int i = 0; i < 10; ++i) come(now_ + kFrame, i == 0);
  begin();
  for (GstClockTime i = 0; i < 10; ++i) come(i * kFrame, i == 0);
  EXPECT_TRUE(move_forward(viewer->next(20)));
}

TEST_F(RestampTest, IsOffByDefault) {
  g_object_set(tee_, "restamp", FALSE, nullptr);
  begin();
  const auto viewer = join();
  come(kFrame, true);
  come(GST_SECOND);
  viewer->next();
  EXPECT_EQ(viewer->next().pts, GST_SECOND);
}

} // namespace
} // namespace fanlight::test
