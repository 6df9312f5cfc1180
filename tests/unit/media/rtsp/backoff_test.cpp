#include "media/rtsp/backoff.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

TEST(BackoffTest, BeginsAtASecondGiveOrTakeAFifth) {
  for (int i = 0; i < 100; ++i) {
    const auto first = Backoff{}.next().count();
    EXPECT_GE(first, 800);
    EXPECT_LE(first, 1200);
  }
}

TEST(BackoffTest, GrowsToAMinuteAndStaysThere) {
  Backoff backoff;
  for (int i = 0; i < 20; ++i) EXPECT_LE(backoff.next().count(), 72'000);
  EXPECT_GE(backoff.next().count(), 48'000);
}

TEST(BackoffTest, BeginsAnewAfterAReset) {
  Backoff backoff;
  for (int i = 0; i < 20; ++i) EXPECT_GT(backoff.next().count(), 0);
  backoff.reset();
  EXPECT_LE(backoff.next().count(), 1200);
}

TEST(BackoffTest, SpreadsTheAttemptsOfCamerasThatFailedTogether) {
  std::int64_t least = G_MAXINT64;
  std::int64_t most = 0;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t wait = Backoff{}.next().count();
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_GT(most - least, 100);
}

} // namespace
} // namespace fanlight::media
