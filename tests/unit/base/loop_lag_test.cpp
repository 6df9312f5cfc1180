#include "base/loop_lag.h"

#include <gtest/gtest.h>

namespace fanlight {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

TEST(LagRecordTest, KnowsTheLongestTurnOfTheLastMinute) {
  LagRecord record;
  record.turn(1 * kSecond, 80'000);
  record.turn(2 * kSecond, 30'000);

  EXPECT_EQ(record.figures(2 * kSecond).longest_turn_ms, 80);
  EXPECT_EQ(record.figures(61 * kSecond).longest_turn_ms, 30);
  EXPECT_EQ(record.figures(62 * kSecond).longest_turn_ms, 0);
  EXPECT_EQ(record.figures(62 * kSecond).turns, 2u);
}

TEST(LagRecordTest, OverwritesWhatIsAMinuteOld) {
  LagRecord record;
  record.turn(5 * kSecond, 80'000);
  record.turn(65 * kSecond, 10'000);

  EXPECT_EQ(record.figures(65 * kSecond).longest_turn_ms, 10);
}

TEST(LagRecordTest, LeavesOneTimerInAHundredOutOfTheLag) {
  LagRecord record;
  for (int i = 0; i < 99; ++i) record.timer(kSecond + i, 2'000);
  record.timer(kSecond + 99, 900'000);

  EXPECT_EQ(record.figures(kSecond).lag_p99_ms, 2);

  for (int i = 0; i < 9; ++i) record.timer(kSecond + i, 500'000);
  EXPECT_EQ(record.figures(kSecond).lag_p99_ms, 500);
  EXPECT_EQ(record.figures(100 * kSecond).lag_p99_ms, 0);
}

TEST(LagRecordTest, CountsLongTurns) {
  LagRecord record;
  record.turn(kSecond, LagRecord::kLong);
  record.turn(kSecond, LagRecord::kLong + 1);

  EXPECT_EQ(record.figures(kSecond).long_turns, 1u);
}

TEST(LoopLagTest, MeasuresEveryTurnOfTheLoop) {
  LoopLag lag;
  bool ran = false;
  post([&ran] {
    g_usleep(5'000); // What a turn is busy with.
    ran = true;
  });
  while (!ran) g_main_context_iteration(nullptr, TRUE);
  post([] {});
  g_main_context_iteration(nullptr, TRUE); // A turn is over when the next one begins.

  EXPECT_GE(lag.figures().longest_turn_ms, 5);
  EXPECT_GE(lag.figures().turns, 1u);
}

} // namespace
} // namespace fanlight
