// Which packets are sent again, and how many.
#include "webrtcfanout/repair_budget.h"

#include <gtest/gtest.h>

namespace fanlight::fanout {
namespace {

constexpr std::int64_t kNow = 10'000'000;
constexpr std::int64_t kRtt = 50'000;
constexpr std::size_t kSize = 1000;
constexpr std::uint64_t kRate = 2'000'000;

class RepairBudgetTest : public testing::Test {
 protected:
  bool take(std::uint16_t sequence, std::int64_t now_us, std::int64_t rtt_us = kRtt) {
    return budget.take(sequence, kSize, now_us, rtt_us, kRate);
  }
  int take_many(int count, std::int64_t now_us) {
    int taken = 0;
    for (int i = 0; i < count; ++i) taken += take(next++, now_us);
    return taken;
  }
  RepairBudget budget;
  std::uint16_t next = 0;
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

TEST_F(RepairBudgetTest, SendsNoMoreThanABurstAtOnce) {
  EXPECT_EQ(take_many(500, kNow), RepairBudget::kBurst / static_cast<int>(kSize));
}

TEST_F(RepairBudgetTest, SendsNoMoreThanHalfOfTheRateOverTime) {
  take_many(500, kNow);
  int taken = 0;
  for (int ms = 1; ms <= 1000; ++ms) taken += take_many(5, kNow + ms * 1000);

  EXPECT_NEAR(taken, kRate / 2 / 8 / kSize, 3);
}

TEST_F(RepairBudgetTest, SavesNothingBeyondABurst) {
  take_many(500, kNow);

  EXPECT_EQ(take_many(500, kNow + 3'600'000'000LL), kRate / 2 / 8 / kSize)
      << "what a second gives, or a burst";
}

} // namespace
} // namespace fanlight::fanout
