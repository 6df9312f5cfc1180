#include "base/log_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::log {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kSecond = 1'000'000;
constexpr Place kHere{"here.cpp", 1};
constexpr Place kThere{"here.cpp", 2};

class LimiterTest : public testing::Test {
 protected:
  /// How many of `count` lines that come at once are written.
  int written(Place place, int count, const char* message = "refused") {
    int passed = 0;
    for (int i = 0; i < count; ++i)
      passed += limiter_.pass(place, {50, 10}, Level::info, "http", message, now_) ? 1 : 0;
    return passed;
  }
  Limiter limiter_;
  std::int64_t now_ = 7 * kSecond;
};

TEST_F(LimiterTest, LetsOneLineThroughPerMinute) {
  const auto passes = [this] {
    return limiter_.pass(kHere, kPostedRate, Level::warning, "gst", "error: odd packet", now_);
  };
  EXPECT_TRUE(passes());
  for (int second = 1; second < 60; ++second) {
    now_ += kSecond;
    EXPECT_FALSE(passes()) << second;
  }
  now_ += kSecond;
  EXPECT_TRUE(passes());
}

TEST_F(LimiterTest, LetsABurstThroughAndThenSoManyASecond) {
  EXPECT_EQ(written(kHere, 1000), 50);
  EXPECT_EQ(written(kHere, 1000), 0);
  now_ += kSecond;
  EXPECT_EQ(written(kHere, 1000), 10);
  now_ += 2 * kSecond;
  EXPECT_EQ(written(kHere, 5), 5);
  EXPECT_EQ(written(kHere, 1000), 15);
}

TEST_F(LimiterTest, LetsAWholeBurstThroughAgainAfterAPause) {
  written(kHere, 1000);
  now_ += 5 * kSecond;

  EXPECT_EQ(written(kHere, 1000), 50);
}

TEST_F(LimiterTest, NeverHoldsBackWhatComesSlowlyEnough) {
  for (int i = 0; i < 10'000; ++i, now_ += kSecond / 10) EXPECT_EQ(written(kHere, 1), 1);
  EXPECT_TRUE(limiter_.take().empty());
}

TEST_F(LimiterTest, GivesEachPlaceItsOwnShare) {
  written(kHere, 1000);

  EXPECT_EQ(written(kThere, 1000), 50);
}

TEST_F(LimiterTest, CountsWhatItHeldBackAndTellsItOnce) {
  written(kHere, 1050);
  written(kThere, 51, "closed");

  const auto left_out = limiter_.take();

  ASSERT_EQ(left_out.size(), 2U);
  EXPECT_EQ(left_out[0].count, 1000U);
  EXPECT_EQ(left_out[0].like, "refused");
  EXPECT_EQ(left_out[0].category, "http");
  EXPECT_EQ(left_out[0].level, Level::info);
  EXPECT_EQ(left_out[1].count, 1U);
  EXPECT_EQ(left_out[1].like, "closed");
  EXPECT_TRUE(limiter_.take().empty());
}

TEST_F(LimiterTest, ForgetsWhatWasWrittenAndLeftOut) {
  written(kHere, 1000);

  limiter_.forget();

  EXPECT_TRUE(limiter_.take().empty());
  EXPECT_EQ(written(kHere, 1000), 50);
}

TEST_F(LimiterTest, KeepsOnlyTheBeginningOfALineAndNoPassword) {
  const std::string line = "cannot open rtsp://admin:s3cr3t@host/x " + std::string(100'000, 'x');
  written(kHere, 51, line.c_str());

  const auto left_out = limiter_.take();

  ASSERT_EQ(left_out.size(), 1U);
  EXPECT_LT(left_out[0].like.size(), 200U);
  EXPECT_THAT(left_out[0].like, HasSubstr("cannot open rtsp://***@host/x xxx"));
  EXPECT_THAT(left_out[0].like, Not(HasSubstr("s3cr3t")));
}

} // namespace
} // namespace fanlight::log
