// TCP connections that have not said whose they are, and the places of all.
#include "webrtcfanout/net/strangers.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "webrtcfanout/net/tcp_connection.h"

namespace fanlight::fanout {
namespace {

class StrangersTest : public testing::Test {
 protected:
  TcpConnection* connection(const std::string& ip) {
    all.push_back(
        std::make_unique<TcpConnection>(-1, *SocketAddress::parse(ip, 5000), TcpPlaces::Place{}));
    return all.back().get();
  }
  TcpConnection* come(const std::string& ip) {
    TcpConnection* const added = connection(ip);
    strangers.add(*added);
    return added;
  }
  TcpConnection* in_the_way(const std::string& ip) const {
    return strangers.in_the_way(*SocketAddress::parse(ip, 1));
  }

  std::vector<std::unique_ptr<TcpConnection>> all;
  Strangers strangers{{.all = 4, .of_address = 2}};
};

TEST_F(StrangersTest, GiveWayToOthersOfTheirAddressTheOldestFirst) {
  TcpConnection* const first = come("192.0.2.1");
  EXPECT_EQ(in_the_way("192.0.2.1"), nullptr);
  come("192.0.2.1");

  EXPECT_EQ(in_the_way("192.0.2.1"), first);
  EXPECT_EQ(in_the_way("192.0.2.2"), nullptr);
}

TEST_F(StrangersTest, CountByNetworkWhereAddressesAreFree) {
  TcpConnection* const first = come("2001:db8::1");
  come("2001:db8::2");

  EXPECT_EQ(in_the_way("2001:db8::ffff:3"), first);
  EXPECT_EQ(in_the_way("2001:db8:0:1::1"), nullptr);
}

TEST_F(StrangersTest, GiveWayToAnybodyWhenTheyAreMany) {
  TcpConnection* const first = come("192.0.2.1");
  for (const char* ip : {"192.0.2.2", "192.0.2.3", "192.0.2.4"}) come(ip);

  EXPECT_EQ(in_the_way("192.0.2.5"), first);
  EXPECT_EQ(strangers.oldest(), first);
}

TEST_F(StrangersTest, AreNoneAnyMoreOnceTheyHaveSaidWhoTheyAre) {
  TcpConnection* const first = come("192.0.2.1");
  TcpConnection* const second = come("192.0.2.1");

  strangers.remove(*first);
  strangers.remove(*first);
  strangers.remove(*connection("192.0.2.1"));

  EXPECT_EQ(strangers.oldest(), second);
  EXPECT_EQ(in_the_way("192.0.2.1"), nullptr);
  strangers.remove(*second);
  EXPECT_EQ(strangers.oldest(), nullptr);
}

TEST(TcpPlacesTest, AreNotMoreThanTheLimitHoweverTheyChangeHands) {
  TcpPlaces places(2);
  auto first = places.take();
  TcpConnection holder(-1, {}, places.take());

  EXPECT_TRUE(first);
  EXPECT_FALSE(places.take());
  TcpPlaces::Place given = holder.give_place();
  EXPECT_FALSE(places.take()) << "another has it now";
  given = TcpPlaces::Place{};
  EXPECT_EQ(places.taken(), 1U);
  EXPECT_TRUE(places.take());
}

TEST(TcpPlacesTest, AreNeverSeenToBeMoreThanTheLimit) {
  TcpPlaces places(1);
  const auto only = places.take();
  std::atomic<bool> done{false};
  std::thread taking([&] {
    for (int i = 0; i < 300'000; ++i) EXPECT_FALSE(places.take());
    done = true;
  });
  std::size_t most = 0;
  while (!done) most = std::max(most, places.taken());
  taking.join();

  EXPECT_EQ(most, 1U);
}

TEST(TcpConnectionTest, StallsWhenNothingIsTakenForLong) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  TcpConnection connection(ends[0], {}, TcpPlaces::Place{});
  std::int64_t now_us = 1'000'000'000;
  const auto fill = [&] {
    while (std::uint8_t* const out = connection.add(1000)) out[0] = 1;
    return connection.flush(now_us);
  };
  ASSERT_TRUE(fill());
  ASSERT_TRUE(fill());
  EXPECT_FALSE(connection.stalled(now_us + TcpConnection::kMaxStallUs));
  EXPECT_TRUE(connection.stalled(now_us + TcpConnection::kMaxStallUs + 1));

  // Each byte counts.
  now_us += TcpConnection::kMaxStallUs;
  char some[65536];
  while (recv(ends[1], some, sizeof some, MSG_DONTWAIT) > 0) {
  }
  ASSERT_TRUE(connection.flush(now_us));
  EXPECT_FALSE(connection.stalled(now_us + TcpConnection::kMaxStallUs));

  // What had nothing to write for long has not stalled when it has something.
  while (connection.wants_to_write()) {
    while (recv(ends[1], some, sizeof some, MSG_DONTWAIT) > 0) {
    }
    ASSERT_TRUE(connection.flush(now_us));
  }
  now_us += 10 * TcpConnection::kMaxStallUs;
  ASSERT_TRUE(connection.add(1));
  EXPECT_FALSE(connection.stalled(now_us)) << "it has not been tried";
  ASSERT_TRUE(fill());
  EXPECT_FALSE(connection.stalled(now_us));
  close(ends[1]);
}

} // namespace
} // namespace fanlight::fanout
