#include "load/net/link.h"

#include <cstring>
#include <string>

#include <gmock/gmock.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/hang_limit.h"

namespace fanlight::load {
namespace {

using testing::ElementsAre;

const Address kLoopback = *Address::parse("127.0.0.1", 0);

class LinkTest : public testing::Test, Link::Observer {
 protected:
  ~LinkTest() override {
    for (const int fd : {server_, accepted_})
      if (fd >= 0) close(fd);
  }

  Link::Observer& observer() { return *this; }

  /// Until as many datagrams have come, or the link has ended.
  void receive(std::size_t count) {
    wanted_ = count;
    watchdog_.start(Clock::now() + test::kHangLimit);
    loop_.run();
  }

  void on_datagram(std::span<std::uint8_t> datagram, const Address& source,
                   const Arrival& arrival) override {
    datagrams_.emplace_back(datagram.begin(), datagram.end());
    source_ = source;
    noted_ = arrival.noted;
    if (datagrams_.size() >= wanted_) loop_.stop();
  }
  void on_link_end() override {
    ended_ = true;
    loop_.stop();
  }

  void serve(int type) {
    server_ = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(server_, kLoopback.get(), kLoopback.size()), 0);
    address_ = Address::of_socket(server_);
  }

  Loop loop_;
  Timer watchdog_{loop_, [this] {
                    ADD_FAILURE() << "no more than " << datagrams_.size() << " datagrams came";
                    loop_.stop();
                  }};
  int server_ = -1;
  int accepted_ = -1;
  Address address_;
  std::vector<std::string> datagrams_;
  Address source_;
  std::int64_t noted_ = 0;
  std::size_t wanted_ = 0;
  bool ended_ = false;
};

Bytes bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST_F(LinkTest, TakesApartWhatWasSentAsOne) {
  serve(SOCK_DGRAM);
  const auto link = open_udp(loop_, kLoopback, {}, observer());
  ASSERT_TRUE(link);
  const int segment = 3;
  ASSERT_EQ(setsockopt(server_, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment), 0);
  const std::string text = "aaabbbcccd";

  ASSERT_EQ(sendto(server_, text.data(), text.size(), 0, link->local().get(), link->local().size()),
            10);
  receive(4);

  EXPECT_THAT(datagrams_, ElementsAre("aaa", "bbb", "ccc", "d"));
  EXPECT_EQ(source_, address_);
  EXPECT_GT(noted_, 0);
  EXPECT_EQ(link->overflowed(), 0U);
}

TEST_F(LinkTest, ReadsMoreDatagramsThanFitIntoOneReading) {
  serve(SOCK_DGRAM);
  const auto link = open_udp(loop_, kLoopback, {.gro = false}, observer());
  ASSERT_TRUE(link);
  for (int i = 0; i < 100; ++i)
    sendto(server_, &i, sizeof i, 0, link->local().get(), link->local().size());

  receive(100);

  EXPECT_EQ(datagrams_.size(), 100U);
}

TEST_F(LinkTest, CountsWhatTheKernelHadNoRoomFor) {
  serve(SOCK_DGRAM);
  const auto link = open_udp(loop_, kLoopback, {.receive_buffer = 4096}, observer());
  ASSERT_TRUE(link);
  const std::string text(1000, 'x');
  for (int i = 0; i < 100; ++i)
    sendto(server_, text.data(), text.size(), 0, link->local().get(), link->local().size());

  EXPECT_GT(link->overflowed(), 0U);
  const auto before = link->overflowed();
  link->close();
  EXPECT_EQ(link->overflowed(), before) << "also when it is closed";
}

TEST_F(LinkTest, FramesDatagramsOnTcpAsRfc4571Has) {
  serve(SOCK_STREAM);
  ASSERT_EQ(listen(server_, 1), 0);
  const auto link = open_tcp(loop_, kLoopback, {}, observer());
  link->send(bytes("check"), address_);
  link->send(bytes("again"), address_); // Before it is connected, one is enough.
  accepted_ = accept(server_, nullptr, nullptr);
  // Two datagrams and the beginning of a third; then the rest of it.
  const std::string first{"\0\3one\0\3two\0\5th", 14};
  ASSERT_EQ(write(accepted_, first.data(), first.size()), 14);
  receive(2);
  EXPECT_THAT(datagrams_, ElementsAre("one", "two"));

  ASSERT_EQ(write(accepted_, "ree", 3), 3);
  receive(3);

  EXPECT_THAT(datagrams_, ElementsAre("one", "two", "three"));
  char sent[32];
  EXPECT_EQ(std::string(sent, static_cast<std::size_t>(read(accepted_, sent, sizeof sent))),
            std::string("\0\5again", 7));
}

TEST_F(LinkTest, TellsWhenTheServerClosesTheConnection) {
  serve(SOCK_STREAM);
  ASSERT_EQ(listen(server_, 1), 0);
  const auto link = open_tcp(loop_, kLoopback, {}, observer());
  link->send(bytes("check"), address_);
  accepted_ = accept(server_, nullptr, nullptr);
  shutdown(accepted_, SHUT_RDWR);

  receive(1);

  EXPECT_TRUE(ended_);
}

} // namespace
} // namespace fanlight::load
