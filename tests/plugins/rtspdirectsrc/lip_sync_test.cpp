#include "rtspdirectsrc/lip_sync.h"

#include <gtest/gtest.h>

namespace fanlight::direct {
namespace {

constexpr GstClockTime kMs = GST_MSECOND;

TEST(LipSyncTest, DelaysTheStreamThatArrivesEarlier) {
  LipSync sync;
  sync.note(0, 5000 * kMs, 1200 * kMs);
  EXPECT_EQ(sync.offset(0), 0) << "it is the only one";

  sync.note(1, 5000 * kMs, 1000 * kMs);

  EXPECT_EQ(sync.offset(0), 0);
  EXPECT_EQ(sync.offset(1), GstClockTimeDiff(200 * kMs));
}

TEST(LipSyncTest, IgnoresSmallChanges) {
  LipSync sync;
  sync.note(0, 5000 * kMs, 1000 * kMs);
  sync.note(1, 5000 * kMs, 1003 * kMs);
  EXPECT_EQ(sync.offset(0), 0);

  sync.note(1, 6000 * kMs, 2010 * kMs);

  EXPECT_EQ(sync.offset(0), GstClockTimeDiff(10 * kMs));
}

TEST(LipSyncTest, TakesClocksThatHaveNothingToDoWithEachOtherForThat) {
  LipSync sync;
  sync.note(0, 5000 * kMs, 1000 * kMs);

  sync.note(1, 500'000 * kMs, 1000 * kMs);

  EXPECT_EQ(sync.offset(0), 0);
  EXPECT_EQ(sync.offset(1), 0);
}

} // namespace
} // namespace fanlight::direct
