#include "rtsp/keep_alive.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace fanlight::rtsp {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(KeepAliveTest, SendsWhatTheCameraListsAtLeastTwiceInItsTime) {
  const KeepAlivePlan plan;

  EXPECT_STREQ(plan.method(true), "GET_PARAMETER");
  EXPECT_STREQ(plan.method(false), "OPTIONS");
  EXPECT_EQ(plan.period(60s), 30s);
  EXPECT_EQ(plan.period(10s), 5s);
  EXPECT_EQ(plan.period(3600s), 30s);
}

TEST(KeepAliveTest, TriesTheOtherRequestAfterTwoSessionsOfTheSameLength) {
  KeepAlive keep_alive;

  EXPECT_EQ(keep_alive.on_lost(60s, 2, 60s), "");
  EXPECT_THAT(keep_alive.on_lost(60'400ms, 2, 60s), HasSubstr("another request"));

  EXPECT_STREQ(keep_alive.plan().method(true), "OPTIONS");
  EXPECT_STREQ(keep_alive.plan().method(false), "GET_PARAMETER");
}

TEST(KeepAliveTest, TriesEachRequestInTurn) {
  KeepAlive keep_alive;
  std::vector<std::string> methods;
  for (int i = 0; i < 3; ++i) {
    keep_alive.on_lost(60s, 2, 60s);
    keep_alive.on_lost(60s, 2, 60s);
    methods.emplace_back(keep_alive.plan().method(true));
  }

  EXPECT_THAT(methods, testing::ElementsAre("OPTIONS", "SET_PARAMETER", "GET_PARAMETER"));
}

TEST(KeepAliveTest, KeepsTheRequestWhereSessionsEndAtAnyAge) {
  KeepAlive keep_alive;

  for (const auto age : {60s, 80s, 60s, 20s, 90s}) EXPECT_EQ(keep_alive.on_lost(age, 1, 60s), "");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(keep_alive.on_lost(1s, 0, 60s), "");

  EXPECT_STREQ(keep_alive.plan().method(true), "GET_PARAMETER");
}

TEST(KeepAliveTest, KeepsTheRequestWhereSessionsOutliveTheirTime) {
  KeepAlive keep_alive;

  for (const auto age : {600s, 600s, 600s, 86'400s, 86'400s})
    EXPECT_EQ(keep_alive.on_lost(age, 20, 60s), "");
  EXPECT_EQ(keep_alive.on_lost(180s, 5, 60s), "");
  EXPECT_EQ(keep_alive.on_lost(181s, 5, 60s), "") << "the request before worked, too";
  EXPECT_EQ(keep_alive.on_lost(180s, 5, 60s), "") << "a session between them was kept alive";

  EXPECT_STREQ(keep_alive.plan().method(true), "GET_PARAMETER");
  EXPECT_THAT(keep_alive.on_lost(180s, 5, 60s), HasSubstr("another request"));
}

TEST(KeepAliveTest, SendsThemMoreOftenWhereNoneHadBeenSentYet) {
  KeepAlive keep_alive;

  keep_alive.on_lost(20s, 0, 60s);
  EXPECT_THAT(keep_alive.on_lost(20s, 0, 60s), HasSubstr("every 10 s"));

  EXPECT_STREQ(keep_alive.plan().method(true), "GET_PARAMETER");
  EXPECT_EQ(keep_alive.plan().period(60s), 10s);
}

} // namespace
} // namespace fanlight::rtsp
