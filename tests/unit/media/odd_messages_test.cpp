#include "media/odd_messages.h"

#include <gmock/gmock.h>

namespace fanlight::media {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

TEST(OddMessagesTest, SaysTheFirstAndThenOneAMinuteWithTheNumberOfTheRest) {
  OddMessages odd;
  std::int64_t now = kSecond;

  EXPECT_EQ(odd.add("odd packet", now), "odd packet");
  for (int i = 0; i < 59; ++i) EXPECT_EQ(odd.add("odd packet", now += kSecond), "");
  EXPECT_EQ(odd.add("odd packet", now += kSecond), "odd packet (and 59 like it since the last)");
  EXPECT_EQ(odd.add("odd packet", now += kSecond), "");
  EXPECT_EQ(odd.count(), 62u);
}

TEST(OddMessagesTest, SaysALaterOneAtOnce) {
  OddMessages odd;

  odd.add("one", kSecond);

  EXPECT_EQ(odd.add("other", 100 * kSecond), "other");
}

} // namespace
} // namespace fanlight::media
