// How fast one viewer is sent to.
#include "webrtcfanout/send/pacer.h"

#include <gtest/gtest.h>

namespace fanlight::fanout {
namespace {

constexpr std::int64_t kStart = 10'000'000;

class PacerTest : public testing::Test {
 protected:
  void spend_all(std::int64_t now_us) {
    const std::int64_t allowed = pacer.allowance(now_us);
    if (allowed > 0) pacer.spend(static_cast<std::size_t>(allowed));
  }
  void report(double lost, int times, std::uint64_t received = 1'000'000,
              std::uint64_t estimate = 0) {
    for (int i = 0; i < times; ++i) pacer.on_report(lost, received, estimate);
  }
  Pacer pacer;
};

TEST_F(PacerTest, LetsABurstLeaveAtOnce) { EXPECT_EQ(pacer.allowance(kStart), Pacer::kBurst); }

TEST_F(PacerTest, SpreadsWhatIsMoreThanABurst) {
  spend_all(kStart);

  EXPECT_EQ(pacer.allowance(kStart), 0);
  EXPECT_EQ(pacer.allowance(kStart + 1000), 6250) << "50 Mbit/s";
}

TEST_F(PacerTest, SavesNoMoreThanABurst) {
  spend_all(kStart);

  EXPECT_EQ(pacer.allowance(kStart + 3'600'000'000LL), Pacer::kBurst);
}

TEST_F(PacerTest, PaysBackWhatWasOverdrawn) {
  pacer.allowance(kStart);
  pacer.spend(Pacer::kBurst + 6250);

  EXPECT_EQ(pacer.allowance(kStart), -6250);
  EXPECT_EQ(pacer.allowance(kStart + 1000), 0);
}

TEST_F(PacerTest, GoesAtEightTimesTheDemandWithinBounds) {
  pacer.set_demand(10'000'000);
  EXPECT_EQ(pacer.rate(), 80'000'000U);

  pacer.set_demand(1'000'000'000);
  EXPECT_EQ(pacer.rate(), Pacer::kMostRate);

  pacer.set_demand(0);
  EXPECT_EQ(pacer.rate(), Pacer::kLeastRate);
}

TEST_F(PacerTest, IsNotLimitedByChance) {
  report(0.3, 2);
  report(0.1, 1);
  report(0.3, 2);

  EXPECT_FALSE(pacer.limited());
}

TEST_F(PacerTest, SendsNoMoreThanANetworkTakesThatLosesMuchForLong) {
  pacer.set_demand(2'000'000);

  report(0.5, 3, 700'000);

  EXPECT_TRUE(pacer.limited());
  EXPECT_EQ(pacer.rate(), 700'000U);
}

TEST_F(PacerTest, BelievesAnEstimateBelowTheDemand) {
  pacer.set_demand(2'000'000);

  report(0.5, 3, 300'000, 900'000);

  EXPECT_EQ(pacer.rate(), 900'000U);
}

TEST_F(PacerTest, ComesBackStepByStepWhenTheNetworkIsSoundAgain) {
  pacer.set_demand(2'000'000);
  report(0.5, 3, 1'000'000);

  report(0.0, 1);
  EXPECT_EQ(pacer.rate(), 1'250'000U);

  report(0.0, 10);
  EXPECT_FALSE(pacer.limited());
}

} // namespace
} // namespace fanlight::fanout
