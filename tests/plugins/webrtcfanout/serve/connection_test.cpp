// What a viewer is sent, and how it is heard.
#include "connection_fixture.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

namespace fanlight::fanout {
namespace {

TEST_F(ConnectionTest, SendsNothingBeforeItHasKeysAndAPath) {
  append_group(2);

  EXPECT_TRUE(advance());

  EXPECT_EQ(received(), std::pair(0, 0));
}

TEST_F(ConnectionTest, SendsTheCachedGroupAndThenWhatComes) {
  append_group(4);
  start(udp());
  EXPECT_EQ(received().first, 5 + 1);

  append(false);

  EXPECT_EQ(received().first, 1);
}

TEST_F(ConnectionTest, SendsTheFirstPacketTwice) {
  append_group(1);
  start(udp());

  batch->flush();
  const Octets first = end.receive().bytes;
  const Octets second = end.receive().bytes;
  const Octets third = end.receive().bytes;

  EXPECT_EQ(first, second) << "without RTX it is the same";
  EXPECT_EQ(read_u16(&third[2]), read_u16(&first[2]) + 1);
  EXPECT_EQ(subscriber->counters.retransmitted_packets.get(), 0U) << "nobody asked";
}

TEST_F(ConnectionTest, ReportsTheClockOnceItHasSentSomething) {
  start(udp());
  connection->report(now_us);
  EXPECT_EQ(received().second, 0) << "of what?";

  append(true);
  connection->report(now_us);

  EXPECT_EQ(received(), std::pair(2, 1));
}

TEST_F(ConnectionTest, TellsAViewerThatAsksHowLongAgoItsClockWasRead) {
  append(true);
  start(udp());
  connection->report(now_us);
  received();
  Octets clock = hex("80cf 0004 00000009 04 00 0002 e1e2e3e4 a1a2a3a4");
  protect(clock);

  ASSERT_TRUE(connection->on_rtcp(clock, moment()));
  connection->report(now_us + 250'000);

  batch->flush();
  Octets report = end.receive().bytes;
  const auto size = theirs.unprotect(report);
  ASSERT_TRUE(size) << "sooner than the next report was due";
  EXPECT_THAT(Bytes(report).first(*size).last(16),
              testing::ElementsAreArray(hex("05 00 0003 00000009 e3e4a1a2 00004000")));
}

TEST_F(ConnectionTest, ReportsOftenAtFirst) {
  append(true);
  start(udp());
  std::vector<int> seconds;
  for (int tenths = 0; tenths < 200; ++tenths) {
    connection->report(now_us);
    if (received().second > 0) seconds.push_back(tenths);
    now_us += 100'000;
  }

  EXPECT_THAT(seconds, testing::ElementsAre(0, 5, 10, 15, 65, 115, 165));
}

TEST_F(ConnectionTest, HearsOfAViewerByAuthenticReportsOnly) {
  start(udp());
  const std::int64_t begin = connection->heard_us();
  now_us += 5'000'000;
  Octets report = hex("80c9 0001 00000009"); // Of a receiver that has nothing to tell.
  Octets forged = report;
  forged.resize(forged.size() + RtcpProtector::kMaxOverhead);
  protect(report);

  EXPECT_FALSE(connection->on_rtcp(forged, moment()));
  EXPECT_EQ(connection->heard_us(), begin);
  EXPECT_TRUE(connection->on_rtcp(report, moment()));
  EXPECT_EQ(connection->heard_us(), now_us);
}

TEST_F(ConnectionTest, CountsNoLostPacketsWhereMoreCameThanWereSent) {
  start(udp());
  const auto told = [this](const std::string& lost) {
    Octets report =
        hex("81c9 0007 00000009 00001111 00" + lost + "00000000 00000000 00000000 00000000");
    protect(report);
    EXPECT_TRUE(connection->on_rtcp(report, moment()));
    return subscriber->counters.packets_lost.get();
  };

  EXPECT_EQ(told("000003"), 3);
  EXPECT_EQ(told("ffffff"), 0);
}

TEST_F(ConnectionTest, StopsWhileTheViewerIsNotHeardOf) {
  append_group(1);
  start(udp());
  received();

  connection->pause();
  append_group(2);
  connection->report(now_us + 60'000'000);

  EXPECT_EQ(received(), std::pair(0, 0));
}

TEST_F(ConnectionTest, StartsAnewWhenTheViewerIsBack) {
  append_group(1);
  start(udp());
  connection->pause();
  append_group(5);
  received();

  connection->resume(moment());
  advance();

  EXPECT_EQ(received().first, 6) << "the group that is under way";
  EXPECT_EQ(groups_dropped(), 0U);
}

TEST_F(ConnectionTest, SpreadsALargeGroupOverTime) {
  for (int i = 0; i < 200; ++i) append(i == 0, 1200);
  start(udp());
  const int at_once = received().first;
  EXPECT_LE(at_once, Pacer::kBurst / 1200 + 3);

  int steps = 0;
  while (!advance() && steps < 1000) {
    ++steps;
    now_us += 1000;
  }

  EXPECT_EQ(at_once + received().first, 200 + 1);
  EXPECT_GT(steps, 20) << "50 Mbit/s";
}

/// Over TCP, to a viewer that reads nothing.
class BlockedConnectionTest : public ConnectionTest {
 protected:
  BlockedConnectionTest() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
      throw std::runtime_error("no sockets");
    tcp = std::make_unique<TcpConnection>(ends[0], SocketAddress{}, TcpPlaces::Place{});
    peer = ends[1];
    start({.remote = {}, .tcp = tcp.get()});
    connection->on_check({{.remote = {}, .tcp = tcp.get()}, true, 1}, now_us);
  }
  ~BlockedConnectionTest() override { close(peer); }
  /// Until nothing more is taken.
  void fill() {
    append(true);
    for (int i = 0; i < 300; ++i) append(false, 1200);
  }

  std::unique_ptr<TcpConnection> tcp;
  int peer;
};

TEST_F(BlockedConnectionTest, LosesEveryGroupThatItDoesNotTake) {
  fill();
  EXPECT_EQ(groups_dropped(), 0U);

  for (int group = 0; group < 10; ++group)
    for (int i = 0; i < 25; ++i) append(i == 0, 1200);

  EXPECT_GE(groups_dropped(), 9U);
  EXPECT_LE(groups_dropped(), 11U);
}

TEST_F(BlockedConnectionTest, GoesOnWithTheNewestGroupOnceItIsReadAgain) {
  fill();
  for (int group = 0; group < 4; ++group)
    for (int i = 0; i < 25; ++i) append(i == 0, 1200);
  const std::uint64_t sent = subscriber->counters.packets_sent.get();

  Octets some(65536);
  for (int i = 0; i < 20; ++i) {
    tcp->flush(now_us);
    while (recv(peer, some.data(), some.size(), MSG_DONTWAIT) > 0) {
    }
  }
  append(false);

  EXPECT_EQ(subscriber->counters.packets_sent.get(), sent + 26) << "one whole group and a frame";
}

TEST_F(BlockedConnectionTest, SendsNothingOverAConnectionThatHasEnded) {
  EXPECT_TRUE(connection->forget(tcp.get(), now_us));
  EXPECT_EQ(connection->path_lost_us(), now_us);
  EXPECT_FALSE(connection->forget(tcp.get(), now_us + 1)) << "it has gone already";
  tcp.reset();

  append_group(3);

  EXPECT_EQ(connection->path(), nullptr);
  EXPECT_FALSE(connection->send(hex("16")));
}

} // namespace
} // namespace fanlight::fanout
