// How connections to many cameras begin.
#include "media/connect_queue.h"

#include <vector>

#include <gtest/gtest.h>

#include "support/turn_until.h"

namespace fanlight::media {
namespace {

using test::turn_until;

struct ConnectQueueTest : testing::Test {
  void enter(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      tickets.push_back(queue.enter(
          [this, i] {
            begun.push_back(i);
            times.push_back(g_get_monotonic_time());
          },
          [this](const Error& why) { refusals.push_back(why.message); }));
  }

  std::size_t room = 1000;
  ConnectQueue queue{[this]() -> Result<Reservation> {
    if (room == 0) return Error{Errc::busy, "no threads"};
    --room;
    return Reservation::take({}, {}, "a test", {});
  }};
  std::vector<std::unique_ptr<ConnectQueue::Ticket>> tickets;
  std::vector<std::size_t> begun;
  std::vector<std::int64_t> times;
  std::vector<std::string> refusals;
};

TEST_F(ConnectQueueTest, LetsThemBeginInOrderAndNotAtOnce) {
  const std::int64_t entered = g_get_monotonic_time();
  enter(5);
  EXPECT_TRUE(begun.empty()) << "in a turn of its own";

  ASSERT_TRUE(turn_until([this] { return begun.size() == 5; }, "all of them"));

  EXPECT_EQ(begun, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  for (std::size_t i = 1; i < times.size(); ++i)
    EXPECT_GE(times[i] - entered, static_cast<std::int64_t>(i) * 9'000)
        << "10 ms after the one before, on a clock of whole milliseconds";
}

TEST_F(ConnectQueueTest, HasNoMoreUnderWayThanItShould) {
  enter(ConnectQueue::kAtOnce + 2);
  ASSERT_TRUE(turn_until([this] { return begun.size() == ConnectQueue::kAtOnce; }, "the first"));
  const std::int64_t full = g_get_monotonic_time();

  tickets[3].reset();

  ASSERT_TRUE(turn_until([this] { return begun.size() > ConnectQueue::kAtOnce; }, "one more"));
  EXPECT_LT(times.back() - full, 1'000'000) << "as one has ended, not as one has taken too long";
}

TEST_F(ConnectQueueTest, WaitsForNobodyWhoHangs) {
  enter(ConnectQueue::kAtOnce + 1);

  EXPECT_TRUE(turn_until([this] { return begun.size() > ConnectQueue::kAtOnce; }, "the last"));
}

TEST_F(ConnectQueueTest, ForgetsWhoGivesUp) {
  enter(3);
  tickets[1].reset();

  ASSERT_TRUE(turn_until([this] { return begun.size() == 2; }, "the others"));

  EXPECT_EQ(begun, (std::vector<std::size_t>{0, 2}));
}

TEST_F(ConnectQueueTest, RefusesThoseThatTheMachineHasNoRoomForWhenNobodyIsUnderWay) {
  room = 2;
  enter(4);
  ASSERT_TRUE(turn_until([this] { return begun.size() == 2; }, "the first two"));
  EXPECT_TRUE(refusals.empty());

  tickets[0].reset();
  tickets[1].reset();
  ASSERT_TRUE(turn_until([this] { return refusals.size() == 2; }, "the refusals"));

  EXPECT_EQ(begun, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(refusals, (std::vector<std::string>{"no threads", "no threads"}));
}

TEST_F(ConnectQueueTest, LetsThemBeginWhenThereIsRoomAgain) {
  room = 1;
  enter(2);
  ASSERT_TRUE(turn_until([this] { return begun.size() == 1; }, "the first"));

  room = 1;
  tickets[0].reset();

  ASSERT_TRUE(turn_until([this] { return begun.size() == 2; }, "the second"));
  EXPECT_TRUE(refusals.empty());
}

} // namespace
} // namespace fanlight::media
