// A worker's end of one viewer, with a clock of the test's own.
#include "webrtcfanout/connection.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "frames.h"
#include "libsrtp_end.h"
#include "udp_end.h"
#include "webrtcfanout/sockets.h"
#include "webrtcfanout/stream_view.h"

namespace fanlight::fanout {
namespace {

constexpr std::uint32_t kSsrc = 0x1111;

Viewer::Settings settings() {
  Viewer::Settings viewer{.id = "a", .cname = "c"};
  AnsweredMedia answered;
  answered.payload = {.type = 96, .encoding = "H264", .clock_rate = 90000, .nack = true};
  answered.ssrc = kSsrc;
  viewer.media.push_back(
      {answered, "0", true, std::make_shared<Stream>("video_0", History::Bounds{})});
  return viewer;
}

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    std::string why;
    if (!open_sockets(0, 1, false, sockets, why)) throw std::runtime_error(why);
    batch = std::make_unique<SendBatch>(sockets.udp[0], counters);
    viewer = std::make_shared<Viewer>(settings());
    stream = viewer->settings().media[0].stream;
    view = std::make_unique<StreamView>(stream, mailbox);
    connection = std::make_unique<Connection>(viewer, *batch);
  }
  ~ConnectionTest() override {
    connection.reset();
    view.reset();
    sockets.close();
  }

  Path udp() const { return {.remote = end.address()}; }
  /// DTLS is done over `path`.
  void start(const Path& path) {
    connection->on_check(path, true, 1, now_us);
    const SrtpKey key = key_of(SrtpProfile::aead_aes_128_gcm);
    ASSERT_TRUE(connection->start(key, key_of(SrtpProfile::aead_aes_128_gcm, 2)));
    connection->add_track(viewer->settings().media[0], *view);
    advance();
  }
  Track::Moment moment() const { return {.now_us = now_us, .send_time = 0}; }
  bool advance() {
    std::int64_t budget = 100'000'000;
    return connection->advance(moment(), budget);
  }
  /// A frame comes, 40 ms after the one before.
  void append(bool key, std::size_t size = 1000) {
    auto frame = source.make(key, {size});
    now_us = frame->arrived_us;
    stream->append(std::move(frame));
    view->catch_up();
    std::int64_t budget = 100'000'000;
    view->distribute(budget, [this](const StreamView::Member& member, const Frame& added) {
      member.connection->deliver(*member.track, added, moment());
    });
    advance();
  }
  void append_group(int deltas) {
    append(true);
    for (int i = 0; i < deltas; ++i) append(false);
  }
  /// Datagrams that have come since, by whether they are RTCP.
  std::pair<int, int> received() {
    batch->flush();
    int media = 0;
    int reports = 0;
    while (end.has_datagram()) {
      const Octets bytes = end.receive().bytes;
      ++(bytes[1] == 200 ? reports : media);
    }
    return {media, reports};
  }
  /// As the viewer would send it.
  void protect(Octets& rtcp) {
    const std::size_t plain = rtcp.size();
    rtcp.resize(plain + RtcpProtector::kMaxOverhead);
    rtcp.resize(theirs.protect(rtcp, plain));
  }
  std::uint64_t groups_dropped() const { return viewer->counters.groups_dropped.get(); }

  Sockets sockets;
  WorkerCounters counters;
  std::unique_ptr<SendBatch> batch;
  UdpEnd end;
  Mailbox mailbox;
  FrameSource source;
  std::int64_t now_us = FrameSource::kFirstUs;
  std::shared_ptr<Viewer> viewer;
  std::shared_ptr<Stream> stream;
  std::unique_ptr<StreamView> view;
  std::unique_ptr<Connection> connection;
  RtcpProtector theirs{key_of(SrtpProfile::aead_aes_128_gcm, 2),
                       key_of(SrtpProfile::aead_aes_128_gcm)};
};

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
  EXPECT_EQ(viewer->counters.retransmitted_packets.get(), 0U) << "nobody asked";
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

TEST_F(ConnectionTest, StaysOnItsPathWhileItIsNominated) {
  const UdpEnd elsewhere;
  const Path other{.remote = elsewhere.address()};
  connection->on_check(udp(), true, 100, now_us);

  EXPECT_FALSE(connection->on_check(other, false, 200, now_us));
  EXPECT_FALSE(connection->on_check(other, true, 50, now_us));
  EXPECT_TRUE(connection->on_check(other, true, 100, now_us));
  EXPECT_EQ(connection->path()->remote, elsewhere.address());
}

TEST_F(ConnectionTest, LeavesAPathThatIsCheckedButNominatedNoMore) {
  const UdpEnd elsewhere;
  const Path other{.remote = elsewhere.address()};
  connection->on_check(udp(), true, 100, now_us);

  connection->on_check(udp(), false, 100, now_us);

  EXPECT_FALSE(connection->on_check(other, false, 50, now_us));
  EXPECT_TRUE(connection->on_check(other, true, 50, now_us));
}

TEST_F(ConnectionTest, LeavesASilentPathForAnyOther) {
  const UdpEnd elsewhere;
  connection->on_check(udp(), true, 100, now_us);

  EXPECT_TRUE(connection->on_check({.remote = elsewhere.address()}, false, 1, now_us + 3'100'000));
}

/// Over TCP, to a viewer that reads nothing.
class BlockedConnectionTest : public ConnectionTest {
 protected:
  BlockedConnectionTest() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
      throw std::runtime_error("no sockets");
    tcp = std::make_unique<TcpConnection>(ends[0], SocketAddress{});
    peer = ends[1];
    start({.remote = {}, .tcp = tcp.get()});
    connection->on_check({.remote = {}, .tcp = tcp.get()}, true, 1, now_us);
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
  const std::uint64_t sent = viewer->counters.packets_sent.get();

  Octets some(65536);
  for (int i = 0; i < 20; ++i) {
    tcp->flush();
    while (recv(peer, some.data(), some.size(), MSG_DONTWAIT) > 0) {
    }
  }
  append(false);

  EXPECT_EQ(viewer->counters.packets_sent.get(), sent + 26) << "one whole group and a frame";
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
