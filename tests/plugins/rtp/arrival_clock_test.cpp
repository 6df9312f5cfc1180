// When a picture was taken, from its RTP timestamp and from when its first packet came.
#include "rtp/arrival_clock.h"

#include <gtest/gtest.h>

namespace fanlight {
namespace {

constexpr guint kRate = 90000;
constexpr GstClockTime kFrame = 40 * GST_MSECOND;
constexpr guint32 kTicks = 3600; // Of a frame.

double ms(GstClockTime time) { return static_cast<double>(time) / GST_MSECOND; }

/// A camera of 25 pictures/s and its way to us.
class ArrivalClockTest : public testing::Test {
 protected:
  void SetUp() override { clock_.begin(kRate); }
  /// The next picture, `late` behind its time.
  GstClockTime come(GstClockTime late = 0) {
    timestamp_ += ticks_;
    wall_ += kFrame;
    return clock_.time_of(timestamp_, wall_ + late);
  }
  /// So many pictures, which come on time; the last one's time.
  GstClockTime run(int count) {
    GstClockTime time = 0;
    for (int i = 0; i < count; ++i) time = come();
    return time;
  }
  /// How far a time is from that of the picture that has just come, in ms.
  double off(GstClockTime time) const { return ms(time) - ms(wall_); }

  ArrivalClock clock_;
  guint32 timestamp_ = 0xfffff000; // It wraps soon.
  guint32 ticks_ = kTicks;
  GstClockTime wall_ = 10 * GST_SECOND;
};

TEST_F(ArrivalClockTest, GivesTheFirstPictureTheTimeAtWhichItComes) { EXPECT_EQ(come(), wall_); }

TEST_F(ArrivalClockTest, KeepsTheDistancesOfTheCamerasClockOverAWrap) {
  GstClockTime before = come();
  for (int i = 0; i < 100; ++i) {
    const GstClockTime time = come();
    EXPECT_EQ(time - before, kFrame) << i;
    before = time;
  }
}

TEST_F(ArrivalClockTest, GivesAllPacketsOfAPictureTheSameTime) {
  const GstClockTime time = come();
  EXPECT_FALSE(clock_.is_new(timestamp_));
  EXPECT_EQ(clock_.time_of(timestamp_, wall_ + kFrame), time);
}

TEST_F(ArrivalClockTest, LeavesAPictureThatIsHeldUpItsTime) {
  run(100);
  EXPECT_NEAR(off(come(30 * GST_MSECOND)), 0, 0.5);
  EXPECT_NEAR(off(come()), 0, 0.5);
}

TEST_F(ArrivalClockTest, FindsTheLeastDelayWhereTheFirstPictureWasSlow) {
  come(200 * GST_MSECOND);
  EXPECT_NEAR(off(run(100)), 0, 5);
}

TEST_F(ArrivalClockTest, LeavesAllPicturesOfABurstAfterAStallTheirTimes) {
  run(100);
  for (const GstClockTime length : {500 * GST_MSECOND, 3 * GST_SECOND}) {
    for (GstClockTime late = length; late > 0; late -= kFrame < late ? kFrame : late)
      EXPECT_NEAR(off(come(late)), 0, 5) << late;
    EXPECT_NEAR(off(run(100)), 0, 20);
  }
}

TEST_F(ArrivalClockTest, BeginsAnewAtTheArrivalWhereTheClockIsSetAhead) {
  run(100);
  timestamp_ += 3600 * kRate;
  EXPECT_EQ(come(), wall_);
  EXPECT_EQ(run(10), wall_);
}

TEST_F(ArrivalClockTest, BeginsAnewAtTheArrivalWhereTheClockIsSetBack) {
  run(100);
  timestamp_ -= 10 * kRate;
  EXPECT_EQ(come(), wall_);
  EXPECT_EQ(run(10), wall_);
}

TEST_F(ArrivalClockTest, IsOnTimeAgainSoonAfterThePictureStoodStillTogetherWithItsClock) {
  run(100);
  wall_ += 10 * GST_SECOND;
  EXPECT_NEAR(off(run(150)), 0, 1);
}

TEST_F(ArrivalClockTest, FollowsAClockThatRunsFastOrSlow) {
  for (const guint32 ticks : {kTicks + 18, kTicks - 18}) { // 5000 ppm.
    ticks_ = ticks;
    EXPECT_NEAR(off(run(25 * 60)), 0, 50) << ticks;
  }
}

TEST_F(ArrivalClockTest, MovesForwardWithThePicturesWhateverTheirDelays) {
  GstClockTime before = come(300 * GST_MSECOND);
  for (int i = 0; i < 1000; ++i) {
    const GstClockTime time = come(static_cast<GstClockTime>(i * 37 % 90) * GST_MSECOND);
    EXPECT_GE(time, before + kFrame / 2) << i;
    before = time;
  }
}

TEST_F(ArrivalClockTest, GoesBackForPicturesThatAreShownEarlier) {
  run(50);
  timestamp_ += 2 * kTicks;
  const GstClockTime later = clock_.time_of(timestamp_, wall_ + kFrame);
  EXPECT_NEAR(ms(later - clock_.time_of(timestamp_ - kTicks, wall_ + 2 * kFrame)), ms(kFrame), 1);
}

TEST_F(ArrivalClockTest, MeasuresJitterAndTakesASetClockForNone) {
  run(100);
  EXPECT_EQ(clock_.jitter(), 0U);
  timestamp_ += 3600 * kRate;
  run(2);
  EXPECT_EQ(clock_.jitter(), 0U);
  for (int i = 0; i < 100; ++i) come(i % 2 == 0 ? 10 * GST_MSECOND : 0);
  EXPECT_NEAR(ms(clock_.jitter()), 10, 0.5);
}

TEST_F(ArrivalClockTest, SaysHowTheClocksAreRelated) {
  EXPECT_FALSE(clock_.relation());
  const GstClockTime first = come();
  const guint32 timestamp = timestamp_;
  run(100);
  const auto relation = clock_.relation();
  ASSERT_TRUE(relation);
  EXPECT_EQ(static_cast<guint32>(relation->ticks), timestamp);
  EXPECT_EQ(relation->time, first);
  EXPECT_EQ(relation->newest - relation->ticks, guint64{100} * kTicks);
  EXPECT_EQ(clock_.extend(timestamp), relation->ticks);
}

} // namespace
} // namespace fanlight
