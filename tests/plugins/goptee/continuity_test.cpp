// How timestamps of cameras with faults are mended, on a clock of the test's own.
#include "goptee/continuity.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace fanlight::goptee {
namespace {

constexpr GstClockTime kInterval = 40 * GST_MSECOND;
constexpr GstClockTime kHour = 3600 * GST_SECOND;

struct ContinuityTest : testing::Test {
  /// A frame that comes an interval after the one before.
  GstClockTime frame(GstClockTime pts, bool reordered = false) {
    return come(kInterval, pts, reordered);
  }
  GstClockTime come(GstClockTime after, GstClockTime pts, bool reordered = false) {
    now += after;
    out.push_back(continuity.next(pts, now, reordered));
    return out.back();
  }
  /// Frames whose timestamps are of the moment they come.
  void live(int frames) {
    for (int i = 0; i < frames; ++i) frame(now + kInterval);
  }
  bool moves_forward() const {
    for (std::size_t i = 1; i < out.size(); ++i)
      if (!GST_CLOCK_TIME_IS_VALID(out[i]) || out[i] < out[i - 1] + Continuity::kStep) return false;
    return true;
  }
  /// Of the last frame, ahead of the clock, in ms.
  double ahead() const {
    return (static_cast<double>(out.back()) - static_cast<double>(now)) / GST_MSECOND;
  }

  Continuity continuity;
  GstClockTime now = 100 * GST_SECOND;
  std::vector<GstClockTime> out;
};

TEST_F(ContinuityTest, LetsTimestampsInOrderPass) {
  for (int i = 0; i < 100; ++i) {
    // Late by up to 100 ms, as on a network.
    const GstClockTime pts = now + kInterval - static_cast<GstClockTime>(i % 3) * 30 * GST_MSECOND;
    EXPECT_EQ(frame(pts), pts);
  }
}

TEST_F(ContinuityTest, LetsWhatComesAllAtOnceAfterAStallKeepItsTimes) {
  live(5);
  const GstClockTime before = now;
  now += 2 * GST_SECOND;
  for (GstClockTime i = 1; i <= 50; ++i)
    EXPECT_EQ(come(0, before + i * kInterval), before + i * kInterval);
}

TEST_F(ContinuityTest, LetsACameraPause) {
  live(5);
  now += 30 * GST_SECOND;
  EXPECT_EQ(frame(now + kInterval), now);
}

TEST_F(ContinuityTest, CountsOnWhenTheClockIsSetAhead) {
  live(5);
  for (int i = 0; i < 50; ++i) frame(now + kInterval + kHour);
  EXPECT_TRUE(moves_forward());
  EXPECT_NEAR(ahead(), 0, 1);
  EXPECT_EQ(out[30] - out[29], kInterval);
}

TEST_F(ContinuityTest, CountsOnWhenTheClockIsSetBack) {
  live(5);
  for (int i = 0; i < 50; ++i) frame(now + kInterval - 10 * GST_SECOND);
  EXPECT_TRUE(moves_forward());
  EXPECT_NEAR(ahead(), 0, 1);
  EXPECT_EQ(out[30] - out[29], kInterval);
}

TEST_F(ContinuityTest, CountsOnWhenTheClockBeginsAnew) {
  live(5);
  for (GstClockTime i = 0; i < 50; ++i) frame(i * kInterval);
  EXPECT_TRUE(moves_forward());
  EXPECT_NEAR(ahead(), 0, 1);
}

TEST_F(ContinuityTest, TakesTheCamerasTimeAgainWhenItIsRightAgain) {
  live(5);
  for (int i = 0; i < 10; ++i) frame(now + kInterval + kHour);
  live(5);
  EXPECT_TRUE(moves_forward());
  EXPECT_EQ(out.back(), now);
}

TEST_F(ContinuityTest, ShowsAClockThatStandsStillAtThePaceOfArrival) {
  live(5);
  const GstClockTime stuck = now;
  for (int i = 0; i < 200; ++i) EXPECT_EQ(frame(stuck), now);
  live(5);
  EXPECT_TRUE(moves_forward());
  EXPECT_NEAR(ahead(), 0, 1);
}

TEST_F(ContinuityTest, CountsOnWhereAClockThatStoodStillGoesOnFromThere) {
  live(5);
  const GstClockTime stuck = now;
  for (int i = 0; i < 75; ++i) frame(stuck);
  for (GstClockTime i = 1; i < 75; ++i) frame(stuck + i * kInterval);
  EXPECT_TRUE(moves_forward());
  EXPECT_NEAR(ahead(), 0, 1);
}

TEST_F(ContinuityTest, GivesFramesWithoutATimestampTheTimeOfTheirArrival) {
  frame(GST_CLOCK_TIME_NONE);
  EXPECT_EQ(out.back(), now);
  live(5);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(frame(GST_CLOCK_TIME_NONE), now);
}

TEST_F(ContinuityTest, CatchesUpWithFramesWithoutATimestampThatComeAllAtOnce) {
  live(5);
  come(2 * GST_SECOND, now + 2 * GST_SECOND + 400 * GST_MSECOND);
  for (int i = 0; i < 50; ++i) come(0, GST_CLOCK_TIME_NONE);
  EXPECT_TRUE(moves_forward());
  EXPECT_LE(ahead(), 500);
  for (int i = 0; i < 20; ++i) frame(GST_CLOCK_TIME_NONE);
  EXPECT_TRUE(moves_forward());
  EXPECT_NEAR(ahead(), 0, 1);
}

TEST_F(ContinuityTest, HoldsAClockThatRunsFast) {
  const GstClockTime begin = now;
  for (GstClockTime i = 0; i < 1000; ++i) frame(begin + i * kInterval * 2);
  EXPECT_TRUE(moves_forward());
  EXPECT_LE(ahead(), static_cast<double>(Continuity::kAhead / GST_MSECOND));
}

TEST_F(ContinuityTest, FollowsASlowDriftWithoutAStep) {
  const GstClockTime begin = now;
  for (GstClockTime i = 0; i < 10000; ++i) frame(begin + i * (kInterval - 8000)); // 200 ppm.
  for (std::size_t i = 1; i < out.size(); ++i) ASSERT_EQ(out[i] - out[i - 1], kInterval - 8000);
}

TEST_F(ContinuityTest, MendsAJitterBackWithoutAStep) {
  live(5);
  frame(now + kInterval - 60 * GST_MSECOND);
  live(5);
  EXPECT_TRUE(moves_forward());
  EXPECT_EQ(out.back(), now);
}

TEST_F(ContinuityTest, LetsPicturesThatAreShownEarlierGoBack) {
  live(5);
  const GstClockTime base = now;
  EXPECT_EQ(frame(base + 3 * kInterval), base + 3 * kInterval);
  EXPECT_EQ(frame(base + 1 * kInterval, true), base + 1 * kInterval);
  EXPECT_EQ(frame(base + 2 * kInterval, true), base + 2 * kInterval);
  EXPECT_EQ(frame(base + 6 * kInterval), base + 6 * kInterval);
}

TEST_F(ContinuityTest, DoesNotLetThemGoBackByMoreThanBFramesDo) {
  live(50);
  frame(now - GST_SECOND, true);
  EXPECT_TRUE(moves_forward());
}

TEST_F(ContinuityTest, MovesForwardWithoutAClock) {
  now = GST_CLOCK_TIME_NONE;
  const auto next = [&](GstClockTime pts) { out.push_back(continuity.next(pts, now, false)); };
  for (const GstClockTime pts : std::initializer_list<GstClockTime>{
           GST_SECOND, GST_SECOND, 0, GST_CLOCK_TIME_NONE, GST_SECOND, kHour})
    next(pts);
  EXPECT_TRUE(moves_forward());
}

TEST_F(ContinuityTest, BearsTimestampsAtTheEndsOfTheirRange) {
  for (const GstClockTime pts :
       std::initializer_list<GstClockTime>{0, GST_CLOCK_TIME_NONE - 1, GstClockTime{1} << 63, 1})
    frame(pts);
  EXPECT_TRUE(moves_forward());
}

} // namespace
} // namespace fanlight::goptee
