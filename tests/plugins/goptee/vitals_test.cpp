// How a stream's health is measured, on a clock of the test's own.
#include "goptee/vitals.h"

#include <gtest/gtest.h>

namespace fanlight::goptee {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct VitalsTest : testing::Test {
  /// A frame 40 ms after the one before, by either clock.
  void frame(bool key = false, GstClockTimeDiff step = 40 * GST_MSECOND,
             milliseconds elapsed = milliseconds{40}) {
    now += elapsed;
    pts = static_cast<GstClockTime>(static_cast<GstClockTimeDiff>(pts) + step);
    vitals.frame(pts, key, now);
  }
  void group(int frames) {
    frame(true);
    for (int i = 1; i < frames; ++i) frame();
  }
  Vitals::Stats stats() const { return vitals.stats(now); }

  Vitals vitals;
  Vitals::Clock::time_point now{};
  GstClockTime pts = 100 * GST_SECOND;
};

TEST_F(VitalsTest, KnowsNothingBeforeTheFirstFrame) {
  EXPECT_EQ(stats().last_frame_age, GST_CLOCK_TIME_NONE);
  EXPECT_EQ(stats().last_key_frame_age, GST_CLOCK_TIME_NONE);
  EXPECT_EQ(stats().key_frames, 0U);
}

TEST_F(VitalsTest, MeasuresTheLastWholeGroup) {
  group(50);
  EXPECT_EQ(stats().gop_length, 0U) << "it is not whole yet";
  group(25);
  EXPECT_EQ(stats().gop_length, 50U);
  EXPECT_EQ(stats().gop_duration, 2 * GST_SECOND);
  group(10);
  EXPECT_EQ(stats().gop_length, 25U);
  EXPECT_EQ(stats().key_frames, 3U);
}

TEST_F(VitalsTest, TellsHowLongAgoFramesCame) {
  group(3);
  now += seconds{7};
  EXPECT_EQ(stats().last_frame_age, 7 * GST_SECOND);
  EXPECT_EQ(stats().last_key_frame_age, 7 * GST_SECOND + 80 * GST_MSECOND);
}

TEST_F(VitalsTest, CountsJumpsAheadAndBack) {
  group(5);
  frame(false, 3600 * GstClockTimeDiff{GST_SECOND});
  frame();
  EXPECT_EQ(stats().timestamp_jumps, 1U);
  frame(false, -10 * GstClockTimeDiff{GST_SECOND});
  frame();
  EXPECT_EQ(stats().timestamp_jumps, 2U);
}

TEST_F(VitalsTest, TakesAStallAndTheBurstBehindItForNoJump) {
  group(5);
  frame(false, 40 * GST_MSECOND, milliseconds{3000});
  for (int i = 0; i < 74; ++i) frame(false, 40 * GST_MSECOND, milliseconds{0});
  EXPECT_EQ(stats().timestamp_jumps, 0U);
  EXPECT_NEAR(static_cast<double>(stats().timestamp_drift), 0.0, 1e9 / 10);
}

TEST_F(VitalsTest, TakesAPauseOfTheCameraForNoJump) {
  group(5);
  frame(false, 3 * GST_SECOND, milliseconds{3000});
  EXPECT_EQ(stats().timestamp_jumps, 0U);
}

TEST_F(VitalsTest, TakesBFramesForNoJump) {
  group(5);
  frame(false, 120 * GST_MSECOND);
  frame(false, -80 * GstClockTimeDiff{GST_MSECOND});
  EXPECT_EQ(stats().timestamp_jumps, 0U);
}

TEST_F(VitalsTest, CountsFramesWhoseTimeStandsStill) {
  group(2);
  for (int i = 0; i < 5; ++i) frame(false, 0);
  EXPECT_EQ(stats().timestamp_standstills, 5U);
  EXPECT_EQ(stats().timestamp_drift, -5 * 40 * GstClockTimeDiff{GST_MSECOND});
}

TEST_F(VitalsTest, CountsFramesWithoutATimestampAsStandingStill) {
  vitals.frame(GST_CLOCK_TIME_NONE, true, now);
  EXPECT_EQ(stats().timestamp_standstills, 0U)
      << "a stream without timestamps has none to stand still";
  group(2);
  for (int i = 0; i < 5; ++i) vitals.frame(GST_CLOCK_TIME_NONE, false, now);
  EXPECT_EQ(stats().timestamp_standstills, 5U);
}

TEST_F(VitalsTest, SeesDrift) {
  for (int i = 0; i < 1000; ++i) frame(i % 50 == 0, 41 * GST_MSECOND);
  EXPECT_EQ(stats().timestamp_drift, 999 * GstClockTimeDiff{GST_MSECOND});
  EXPECT_EQ(stats().timestamp_jumps, 0U);
}

TEST_F(VitalsTest, TakesAnotherConnectionForNoJump) {
  group(5);
  vitals.begin();
  frame(true, -100 * GstClockTimeDiff{GST_SECOND});
  EXPECT_EQ(stats().timestamp_jumps, 0U);
  EXPECT_EQ(stats().gop_length, 0U) << "the group before was cut off";
}

} // namespace
} // namespace fanlight::goptee
