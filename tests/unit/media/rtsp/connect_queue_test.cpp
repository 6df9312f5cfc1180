// How connections to many cameras begin.
#include "media/rtsp/connect_queue.h"

#include <vector>

#include <gtest/gtest.h>

#include "support/turn_until.h"

namespace fanlight::media {
namespace {

using test::turn_until;

struct ConnectQueueTest : testing::Test {
  void enter(std::size_t count) { enter(count, queue); }
  void enter(std::size_t count, ConnectQueue& in) {
    for (std::size_t i = 0; i < count; ++i)
      tickets.push_back(in.enter(
          [this, i] {
            begun.push_back(i);
            times.push_back(g_get_monotonic_time());
          },
          [this](const Error& why) { refusals.push_back(why.message); }));
  }
  Result<Reservation> reserve() {
    if (room == 0) return Error{Errc::busy, "no threads"};
    --room;
    return Reservation::take({}, {}, {"test"_reason, "a test"}, {});
  }

  std::size_t room = 1000;
  /// Nobody takes too long, however slow the machine is.
  ConnectQueue queue{[this] { return reserve(); }, std::chrono::hours{1}};
  ConnectQueue impatient{[this] { return reserve(); }};
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

  // Another queue lets three begin in the time in which this one could have let two.
  std::size_t others = 0;
  ConnectQueue other{[this] { return reserve(); }};
  std::vector<std::unique_ptr<ConnectQueue::Ticket>> their_tickets;
  for (int i = 0; i < 3; ++i)
    their_tickets.push_back(other.enter([&others] { ++others; }, [](const Error&) {}));
  ASSERT_TRUE(turn_until([&others] { return others == 3; }, "those of another queue"));
  EXPECT_EQ(begun.size(), ConnectQueue::kAtOnce);

  tickets[3].reset();
  EXPECT_TRUE(turn_until([this] { return begun.size() > ConnectQueue::kAtOnce; }, "one more"));
}

TEST_F(ConnectQueueTest, WaitsForNobodyWhoHangs) {
  enter(ConnectQueue::kAtOnce + 1, impatient);

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
