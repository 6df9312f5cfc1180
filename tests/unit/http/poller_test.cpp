#include "http/poller.h"

#include <array>
#include <memory>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::http {
namespace {

/// Two ends of a connection.
struct Ends {
  Ends() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0); }
  ~Ends() {
    for (const int end : ends) close(end);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;

  void write() const { EXPECT_EQ(::write(ends[1], "x", 1), 1); }
  int ours() const { return ends[0]; }

  std::array<int, 2> ends{};
};

class PollerTest : public testing::Test {
 protected:
  bool is_ready(const Poller::Waiter& waiter) {
    g_main_context_iteration(nullptr, FALSE);
    return poller.is_ready(waiter);
  }

  Poller& poller = *Poller::get();
};

TEST_F(PollerTest, TellsInEachTurnWhetherThereIsSomethingToRead) {
  const Ends ends;
  Poller::Waiter waiter;
  poller.watch(waiter, ends.ours());
  EXPECT_FALSE(is_ready(waiter));

  ends.write();

  EXPECT_TRUE(is_ready(waiter));
  EXPECT_TRUE(is_ready(waiter)) << "nobody has read it";
  poller.forget(waiter);
  EXPECT_FALSE(is_ready(waiter));
}

TEST_F(PollerTest, TellsTheLastWhoWatchesASocket) {
  const Ends ends;
  auto first = std::make_unique<Poller::Waiter>();
  Poller::Waiter second;
  poller.watch(*first, ends.ours());
  poller.watch(second, ends.ours());
  ends.write();

  EXPECT_FALSE(is_ready(*first));
  poller.forget(*first); // It comes too late to end the other's.
  first.reset();

  EXPECT_TRUE(is_ready(second));
  poller.forget(second);
}

TEST_F(PollerTest, TakesADescriptorThatHasBeenClosedAndGivenAgain) {
  Poller::Waiter first;
  Poller::Waiter second;
  int closed = -1;
  {
    const Ends ends;
    closed = ends.ours();
    poller.watch(first, closed);
  }
  const Ends ends;
  ASSERT_EQ(ends.ours(), closed);
  poller.watch(second, ends.ours());
  poller.forget(first);
  ends.write();

  EXPECT_TRUE(is_ready(second));
  poller.forget(second);
}

TEST_F(PollerTest, TellsThatTheOtherEndIsClosed) {
  Ends ends;
  Poller::Waiter waiter;
  poller.watch(waiter, ends.ours());
  EXPECT_FALSE(is_ready(waiter));

  shutdown(ends.ends[1], SHUT_RDWR);

  EXPECT_TRUE(is_ready(waiter));
  poller.forget(waiter);
}

} // namespace
} // namespace fanlight::http
