// Which packets are sent again, and how many.
#include "webrtcfanout/send/repair_budget.h"

#include <gtest/gtest.h>

namespace fanlight::fanout {
namespace {

constexpr std::int64_t kNow = 10'000'000;
constexpr std::int64_t kRtt = 50'000;
constexpr std::size_t kSize = 1000;

class RepairBudgetTest : public testing::Test {
 protected:
  bool take(std::uint16_t sequence, std::int64_t now_us, std::int64_t rtt_us = kRtt) {
    return budget.take(sequence, kSize, now_us, rtt_us, sent);
  }
  int take_many(int count, std::int64_t now_us) {
    int taken = 0;
    for (int i = 0; i < count; ++i) taken += take(next++, now_us);
    return taken;
  }
  RepairBudget budget;
  std::uint16_t next = 0;
  std::uint32_t sent = 0;
};

TEST_F(RepairBudgetTest, SendsAPacketAgainOnceARoundTrip) {
  EXPECT_TRUE(take(7, kNow));
  EXPECT_FALSE(take(7, kNow + kRtt - 1));
  EXPECT_TRUE(take(7, kNow + kRtt));
}

TEST_F(RepairBudgetTest, KnowsEachPacketByItsNumber) {
  EXPECT_TRUE(take(0, kNow));
  EXPECT_TRUE(take(64, kNow)) << "of the same slot";
  EXPECT_TRUE(take(0xffff, kNow));
}

TEST_F(RepairBudgetTest, WaitsALittleWhereTheRoundTripIsNotKnown) {
  EXPECT_TRUE(take(7, kNow, 0));
  EXPECT_FALSE(take(7, kNow + 4'999, 0));
  EXPECT_TRUE(take(7, kNow + 5'000, 0));
}

TEST_F(RepairBudgetTest, DoesNotBelieveARoundTripOfSeconds) {
  EXPECT_TRUE(take(7, kNow, 30'000'000));
  EXPECT_TRUE(take(7, kNow + 200'000, 30'000'000));
}

TEST_F(RepairBudgetTest, SendsALittleBeforeAnythingWasSent) {
  EXPECT_EQ(take_many(500, kNow), RepairBudget::kStart / static_cast<int>(kSize));
}

TEST_F(RepairBudgetTest, SendsNoMoreThanHalfOfWhatWasSent) {
  take_many(500, kNow);
  sent += 200 * kSize;

  EXPECT_NEAR(take_many(500, kNow), 100, 1);
}

TEST_F(RepairBudgetTest, SavesNoMoreThanItsMost) {
  sent += 100'000'000;

  EXPECT_EQ(take_many(1000, kNow), RepairBudget::kMost / static_cast<int>(kSize));
}

TEST_F(RepairBudgetTest, GoesOnWhereTheCountOfBytesBeginsAnew) {
  sent = 0xffffff00;
  take_many(1000, kNow);
  sent += 20 * kSize;

  EXPECT_NEAR(take_many(100, kNow), 10, 1);
}

} // namespace
} // namespace fanlight::fanout
