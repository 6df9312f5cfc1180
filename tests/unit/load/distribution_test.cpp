#include "load/distribution.h"

#include <gmock/gmock.h>

namespace fanlight::load {
namespace {

using testing::DoubleNear;

TEST(DistributionTest, IsZeroWhenNothingWasAdded) {
  const Distribution times;

  EXPECT_EQ(times.count(), 0U);
  EXPECT_EQ(times.percentile(0.5), 0);
  EXPECT_EQ(times.mean(), 0);
}

TEST(DistributionTest, GivesTheOnlyTimeAtAnyPart) {
  Distribution times;
  times.add(12.345);

  for (const double part : {0.0, 0.5, 0.99, 1.0}) EXPECT_DOUBLE_EQ(times.percentile(part), 12.345);
}

TEST(DistributionTest, GivesTheTimeThatAPartDoesNotExceed) {
  Distribution times;
  for (int i = 1; i <= 1000; ++i) times.add(i); // 1 ms to 1 s.

  EXPECT_THAT(times.percentile(0.5), DoubleNear(500, 2.5));
  EXPECT_THAT(times.percentile(0.95), DoubleNear(950, 4.75));
  EXPECT_THAT(times.percentile(0.99), DoubleNear(990, 4.95));
  EXPECT_DOUBLE_EQ(times.percentile(1), 1000);
  EXPECT_DOUBLE_EQ(times.least(), 1);
  EXPECT_DOUBLE_EQ(times.most(), 1000);
  EXPECT_DOUBLE_EQ(times.mean(), 500.5);
}

TEST(DistributionTest, KeepsHalfAPercentFromMicrosecondsToHours) {
  for (double ms = 0.001; ms < 1e7; ms *= 1.37) {
    Distribution times;
    times.add(ms / 2);
    times.add(ms);
    times.add(ms * 2);
    EXPECT_THAT(times.percentile(0.5), DoubleNear(ms, ms * 0.005 + 0.0005)) << ms;
  }
}

TEST(DistributionTest, AddsUp) {
  Distribution one;
  Distribution other;
  one.add(1);
  other.add(3);
  other.add(1000);
  one += other;
  one += Distribution{};

  EXPECT_EQ(one.count(), 3U);
  EXPECT_THAT(one.percentile(0.5), DoubleNear(3, 0.02));
  EXPECT_DOUBLE_EQ(one.least(), 1);
  EXPECT_DOUBLE_EQ(one.most(), 1000);
}

TEST(DistributionTest, TakesAClockThatWentBackForZero) {
  Distribution times;
  times.add(-5);

  EXPECT_EQ(times.percentile(0.5), 0);
  EXPECT_EQ(times.count(), 1U);
}

} // namespace
} // namespace fanlight::load
