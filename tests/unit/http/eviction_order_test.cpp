#include "http/eviction_order.h"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/owned.h"
#include "support/driven_clock.h"

namespace fanlight::http {
namespace {

using Order = EvictionOrder;
using Phase = HttpConnection::Phase;

/// Connections of a test, which tell the order of what changes. Each is a millisecond younger than
/// the one before.
class EvictionOrderTest : public testing::Test, public HttpConnection::Host {
 protected:
  ~EvictionOrderTest() override {
    connections_.clear();
    streams_.clear();
    for (const int other : others_) close(other);
  }
  HttpConnection* add(const std::string& address, Phase phase) {
    test::DrivenClock::advance(std::chrono::milliseconds{1});
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    others_.push_back(ends[1]);
    const Owned<GSocket> end{g_socket_new_from_fd(ends[0], nullptr)};
    streams_.emplace_back(g_socket_connection_factory_create_connection(end.get()));
    const Owned<GSocketAddress> remote{g_inet_socket_address_new_from_string(address.c_str(), 1)};
    connections_.push_back(
        std::make_unique<HttpConnection>(streams_.back().get(), remote.get(), limits_, *this));
    if (phase == Phase::upgraded) connections_.back()->take_socket();
    connections_.back()->enter(phase);
    return connections_.back().get();
  }
  HttpConnection* first(const std::string& address) {
    return order.first(address, Order::kIdle, Order::kWatched);
  }

  void on_changed(HttpConnection& connection) override { order.place(connection); }
  bool admits_socket(const HttpConnection&) override { return true; }
  bool on_client(HttpConnection&, const std::string&) override { return true; }
  void on_socket(HttpConnection&) override {}
  void on_held(HttpConnection&, std::size_t) override {}
  bool admits_reading(const HttpConnection&) override { return true; }
  bool calls(const HttpConnection&) override { return true; }
  void on_cost(const HttpConnection&, std::size_t) override {}

  const test::DrivenClock clock;
  Order order;

 private:
  const Limits limits_;
  std::vector<int> others_;
  std::vector<Owned<GSocketConnection>> streams_;
  std::vector<std::unique_ptr<HttpConnection>> connections_;
};

TEST_F(EvictionOrderTest, BeginsWithWhoLosesLeastAndOfThoseWithTheOldest) {
  const auto watched = add("192.0.2.1", Phase::upgraded);
  watched->set_sessions(1);
  const std::vector expected{add("192.0.2.1", Phase::idle),     add("192.0.2.1", Phase::idle),
                             add("192.0.2.1", Phase::head),     add("192.0.2.1", Phase::body),
                             add("192.0.2.1", Phase::writing),  add("192.0.2.1", Phase::answering),
                             add("192.0.2.1", Phase::upgraded), watched};

  for (HttpConnection* next : expected) {
    EXPECT_EQ(first("192.0.2.1"), next);
    order.remove(*next);
  }
  EXPECT_EQ(first("192.0.2.1"), nullptr);
}

TEST_F(EvictionOrderTest, FollowsWhatAConnectionDoes) {
  const auto one = add("192.0.2.1", Phase::idle);
  const auto other = add("192.0.2.1", Phase::idle);

  one->enter(Phase::head);
  EXPECT_EQ(first("192.0.2.1"), other);
  clock.advance(std::chrono::milliseconds{1});
  one->enter(Phase::idle); // It is the younger one now.
  EXPECT_EQ(first("192.0.2.1"), other);
  other->take_socket();
  other->enter(Phase::upgraded);
  EXPECT_EQ(first("192.0.2.1"), one);
}

TEST_F(EvictionOrderTest, KnowsWhichSocketsAreWatchedAndHowOldTheyAre) {
  const auto old = add("192.0.2.1", Phase::upgraded);
  const auto young = add("192.0.2.1", Phase::upgraded);
  const auto unwatched_before = [&](gint64 time) {
    return order.first("192.0.2.1", Order::kUnwatched, Order::kUnwatched, time);
  };

  EXPECT_EQ(unwatched_before(old->since() - 1), nullptr);
  EXPECT_EQ(unwatched_before(old->since()), old);
  old->set_sessions(2);
  EXPECT_EQ(unwatched_before(young->since()), young);
  old->set_sessions(0);
  EXPECT_EQ(unwatched_before(young->since()), old);
}

TEST_F(EvictionOrderTest, AsksTheAddressWithMostFirstAndNoOtherIfThatHasOne) {
  for (int i = 1; i <= 50; ++i)
    for (int j = 0; j <= i % 10; ++j) add("192.0.2." + std::to_string(i), Phase::idle);
  const auto most = add("192.0.2.19", Phase::idle); // Eleven now.
  std::vector<std::string> asked;

  const auto found = order.find_by_most(Order::Kind::any, 1, [&](const std::string& network) {
    asked.push_back(network);
    return most;
  });

  EXPECT_EQ(found, most);
  EXPECT_THAT(asked, testing::ElementsAre("192.0.2.19"));
}

TEST_F(EvictionOrderTest, AsksNoAddressThatHasTooFewOfThatKind) {
  for (int i = 0; i < 3; ++i) add("192.0.2.1", Phase::idle);
  add("192.0.2.1", Phase::upgraded);
  for (int i = 0; i < 2; ++i) add("192.0.2.2", Phase::upgraded);
  std::vector<std::string> asked;
  const auto ask = [&](Order::Kind kind, std::size_t than) {
    asked.clear();
    order.find_by_most(kind, than, [&](const std::string& network) {
      asked.push_back(network);
      return nullptr;
    });
    return asked;
  };

  EXPECT_THAT(ask(Order::Kind::any, 1), testing::ElementsAre("192.0.2.1", "192.0.2.2"));
  EXPECT_THAT(ask(Order::Kind::any, 2), testing::ElementsAre("192.0.2.1"));
  EXPECT_THAT(ask(Order::Kind::any, 4), testing::IsEmpty());
  EXPECT_THAT(ask(Order::Kind::socket, 1), testing::ElementsAre("192.0.2.2"));
}

} // namespace
} // namespace fanlight::http
