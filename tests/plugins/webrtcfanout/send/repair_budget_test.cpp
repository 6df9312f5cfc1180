// Which packets are sent again, and how many.
#include "webrtcfanout/send/repair_budget.h"

#include <vector>

#include <gtest/gtest.h>

namespace fanlight::fanout {
namespace {

constexpr std::int64_t kNow = 10'000'000;
constexpr std::int64_t kRtt = 50'000;
constexpr std::size_t kSize = 1000;

class RepairBudgetTest : public testing::Test {
 protected:
  bool take(std::uint64_t sequence, std::int64_t now_us, std::int64_t rtt_us = kRtt) {
    return budget.take(sequence, kSize, now_us, rtt_us, sent);
  }
  int take_many(int count, std::int64_t now_us) {
    int taken = 0;
    for (int i = 0; i < count; ++i) taken += take(next++, now_us);
    return taken;
  }
  RepairBudget budget;
  std::uint64_t next = 0;
  std::uint32_t sent = 0;
};

TEST_F(RepairBudgetTest, SendsAPacketAgainOnceARoundTrip) {
  EXPECT_TRUE(take(7, kNow));
  EXPECT_FALSE(take(7, kNow + kRtt - 1));
  EXPECT_TRUE(take(7, kNow + kRtt));
}

TEST_F(RepairBudgetTest, KnowsEachPacketByItsNumber) {
  EXPECT_TRUE(take(0, kNow));
  EXPECT_TRUE(take(32, kNow)) << "of the same place";
  EXPECT_TRUE(take(0xffff, kNow));
  EXPECT_TRUE(take(0x10000, kNow)) << "the same number, a round later";
  EXPECT_FALSE(take(0, kNow));
  EXPECT_FALSE(take(32, kNow));
}

TEST_F(RepairBudgetTest, SendsAPacketThreeTimesAtMost) {
  take_many(10, kNow); // So that there is room for repeats.
  int taken = 0;
  for (int i = 0; i < 30; ++i) taken += take(0xbeef, kNow + i * kRtt);

  EXPECT_EQ(taken, 3);
}

TEST_F(RepairBudgetTest, RepeatsLittleToAReceiverThatAsksForWhatItHas) {
  // 3 of 100 packets are lost, and each is asked for every 100 ms as long as it is among the newest
  // 512, as pion does; 260 packets come in a second.
  std::vector<std::uint64_t> asked;
  int lost = 0;
  int repeated = 0;
  std::int64_t now = kNow;
  for (std::uint64_t index = 0; index < 20'000; ++index, now += 1'000'000 / 260) {
    sent += kSize;
    if (index % 33 == 0) {
      ++lost;
      asked.push_back(index);
    }
    if (index % 26 != 0) continue;
    std::erase_if(asked, [&](std::uint64_t known) { return index - known > 512; });
    for (const std::uint64_t known : asked) repeated += take(known, now);
  }

  EXPECT_GE(repeated, lost);
  EXPECT_LE(repeated, lost * 3 / 2);
}

TEST_F(RepairBudgetTest, RepeatsWhatWasLostAgainWhereThreeOfTenPacketsAre) {
  int lost = 0;
  int missing = 0;
  for (std::uint64_t index = 0; index < 10'000; ++index) {
    sent += 10 * kSize;
    if (index % 10 > 2) continue;
    ++lost;
    // Of those that are repeated three of ten are lost, too, and so on.
    const int times = lost % 10 != 0 && lost % 10 != 3 && lost % 10 != 6 ? 1
                      : lost % 30 > 9                                    ? 2
                                                                         : 3;
    for (int i = 0; i < times; ++i) missing += !take(index, kNow + i * kRtt);
  }

  EXPECT_LE(missing, lost / 100);
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
