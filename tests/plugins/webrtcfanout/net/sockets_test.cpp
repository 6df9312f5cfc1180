// The ports of a transport, and where viewers find it.
#include "webrtcfanout/net/sockets.h"

#include <algorithm>
#include <memory>
#include <set>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "no_descriptors.h"
#include "udp_end.h"
#include "webrtcfanout/base/clock.h"

namespace fanlight::fanout {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Property;

/// Closes them.
class Opened {
 public:
  explicit Opened(std::uint16_t port, unsigned workers = 1, bool tcp = false) {
    good = open_sockets(port, workers, tcp, sockets, why);
  }
  ~Opened() { sockets.close(); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  Sockets sockets;
  std::string why;
  bool good;
};

std::uint16_t port_of(int fd) {
  sockaddr_in6 address{};
  socklen_t length = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin6_port);
}

TEST(SocketsTest, OpensOneOfEachKindForEveryWorkerOnOnePort) {
  const Opened opened(0, 3, true);

  ASSERT_TRUE(opened.good) << opened.why;
  ASSERT_EQ(opened.sockets.udp.size(), 3U);
  ASSERT_EQ(opened.sockets.tcp.size(), 3U);
  EXPECT_NE(opened.sockets.port, 0);
  EXPECT_THAT(opened.sockets.udp, Each(testing::ResultOf(port_of, opened.sockets.port)));
  EXPECT_THAT(opened.sockets.tcp, Each(testing::ResultOf(port_of, opened.sockets.port)));
}

TEST(SocketsTest, ListensToNoTcpWhereItIsNotWanted) {
  const Opened opened(0, 2, false);

  ASSERT_TRUE(opened.good) << opened.why;
  EXPECT_TRUE(opened.sockets.tcp.empty());
}

TEST(SocketsTest, TakesBothFamilies) {
  const Opened opened(0);
  ASSERT_TRUE(opened.good) << opened.why;
  const UdpEnd end;

  end.send(hex("01 02"), SocketAddress::parse("127.0.0.1", opened.sockets.port).value());

  char bytes[2];
  timeval watchdog{.tv_sec = 20, .tv_usec = 0};
  fd_set reading;
  FD_ZERO(&reading);
  FD_SET(opened.sockets.udp[0], &reading);
  ASSERT_EQ(select(opened.sockets.udp[0] + 1, &reading, nullptr, nullptr, &watchdog), 1);
  EXPECT_EQ(recv(opened.sockets.udp[0], bytes, sizeof bytes, 0), 2);
}

TEST(SocketsTest, TakesThePortThatIsAskedFor) {
  std::uint16_t port = 0;
  {
    const Opened free(0, 1, true);
    port = free.sockets.port;
  }

  const Opened opened(port, 2, true);

  ASSERT_TRUE(opened.good) << opened.why;
  EXPECT_EQ(opened.sockets.port, port);
}

TEST(SocketsTest, SharesNoPortWithAnybody) {
  const Opened first(0, 2, true);

  const Opened second(first.sockets.port, 2, true);

  EXPECT_FALSE(second.good);
  EXPECT_THAT(second.why, HasSubstr("opening UDP port " + std::to_string(first.sockets.port)));
  EXPECT_THAT(second.why, HasSubstr("another program uses this port"));
  EXPECT_TRUE(second.sockets.udp.empty());
}

TEST(SocketsTest, SharesNoPortOfTcpWithAnybody) {
  const int other = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  ASSERT_EQ(bind(other, reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
  ASSERT_EQ(listen(other, 1), 0);

  const Opened opened(port_of(other), 1, true);

  EXPECT_FALSE(opened.good);
  EXPECT_THAT(opened.why, HasSubstr("opening TCP port"));
  close(other);
}

// The kernel gives sockets of one user with SO_REUSEPORT a "free" port that another one has.
TEST(SocketsTest, NeverGetsAPortThatAnotherTransportHas) {
  constexpr std::size_t kTransports = 400;
  std::vector<std::unique_ptr<Opened>> all;
  std::set<std::uint16_t> ports;
  for (std::size_t i = 0; i < kTransports; ++i) {
    all.push_back(std::make_unique<Opened>(0));
    ASSERT_TRUE(all.back()->good) << all.back()->why;
    ports.insert(all.back()->sockets.port);
  }

  EXPECT_EQ(ports.size(), kTransports);
}

TEST(SocketsTest, NamesLoopbackAddressesOnlyWhereAsked) {
  const auto is_loopback = [](const auto& address) { return address.is_loopback(); };
  const auto without = local_addresses(5000, false);
  const auto with = local_addresses(5000, true);

  EXPECT_TRUE(std::none_of(without.begin(), without.end(), is_loopback));
  EXPECT_TRUE(std::any_of(with.begin(), with.end(), is_loopback));
  EXPECT_THAT(with, Each(Property(&SocketAddress::port, 5000)));
}

TEST(SocketsTest, NamesIpv4First) {
  const auto addresses = local_addresses(5000, true);

  EXPECT_TRUE(std::is_partitioned(addresses.begin(), addresses.end(),
                                  [](const auto& address) { return address.is_v4(); }));
}

TEST(SocketsTest, KnowsAddressesThatNobodyElseReaches) {
  const auto link_local = [](const char* ip) {
    return SocketAddress::parse(ip, 1)->is_link_local();
  };

  EXPECT_TRUE(link_local("fe80::1"));
  EXPECT_TRUE(link_local("169.254.3.4"));
  EXPECT_FALSE(link_local("169.253.3.4"));
  EXPECT_FALSE(link_local("2001:db8::a9fe:1"));
}

TEST(LocalAddressesTest, StayKnownWhileNoDescriptorIsFree) {
  const auto known = local_addresses(5000, true);
  ASSERT_FALSE(known.empty());
  std::vector<SocketAddress> found;
  {
    const NoDescriptors none;
    found = local_addresses(5000, true, monotonic_us() + 2'000'000); // They are read again.
  }

  EXPECT_EQ(found, known);
}

} // namespace
} // namespace fanlight::fanout
