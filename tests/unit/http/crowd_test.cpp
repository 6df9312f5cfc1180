#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/crowd.h"
#include "http/owned.h"

namespace fanlight::http {
namespace {

/// Who has to go, of connections that a test has put together.
class CrowdTest : public testing::Test {
 protected:
  ~CrowdTest() override {
    streams_.clear();
    for (const int other : others_) close(other);
  }
  /// One that is idle between two requests, or a WebSocket with so many sessions.
  std::shared_ptr<HttpConnection> idle(const char* address) {
    const auto connection = add(crowd, address);
    connection->enter(HttpConnection::Phase::idle);
    return connection;
  }
  std::shared_ptr<HttpConnection> socket(const char* address, std::size_t sessions) {
    const auto connection = add(crowd, address);
    connection->take_socket();
    connection->enter(HttpConnection::Phase::upgraded);
    connection->set_sessions(sessions);
    return connection;
  }

  std::shared_ptr<HttpConnection> add(Crowd& all, const char* address) {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    others_.push_back(ends[1]);
    const Owned<GSocket> end{g_socket_new_from_fd(ends[0], nullptr)};
    streams_.emplace_back(g_socket_connection_factory_create_connection(end.get()));
    const Owned<GSocketAddress> remote{g_inet_socket_address_new_from_string(address, 1)};
    return all.add(streams_.back().get(), remote.get());
  }

  Limits limits;
  Crowd crowd{limits};

 private:
  std::vector<int> others_;
  std::vector<Owned<GSocketConnection>> streams_;
};

TEST_F(CrowdTest, SparesAnIdleConnectionBesideALargerHouseThatWatches) {
  std::vector<std::shared_ptr<HttpConnection>> house;
  for (int i = 0; i < 5; ++i) house.push_back(socket("192.0.2.1", 1));
  const auto first = idle("192.0.2.2");
  const auto second = idle("192.0.2.2");

  EXPECT_TRUE(crowd.spare_one());

  EXPECT_TRUE(first->given_up());
  EXPECT_FALSE(second->given_up());
  for (const auto& watched : house) EXPECT_FALSE(watched->given_up());
}

TEST_F(CrowdTest, SparesNobodyWhoWatches) {
  const auto first = socket("192.0.2.1", 1);
  const auto second = socket("192.0.2.1", 1);

  EXPECT_FALSE(crowd.spare_one());

  EXPECT_FALSE(first->given_up() || second->given_up());
}

/// A trusted proxy's connection serves one client after the other.
TEST_F(CrowdTest, CountsTheConnectionOfAProxyForItsClient) {
  const auto forwarded = socket("192.0.2.1", 0);
  const auto other = socket("192.0.2.2", 0);

  EXPECT_TRUE(forwarded->serve("198.51.100.7"));

  EXPECT_EQ(forwarded->network(), "198.51.100.7");
  EXPECT_TRUE(forwarded->serve("192.0.2.2"));
  EXPECT_EQ(forwarded->network(), other->network());
  EXPECT_FALSE(forwarded->given_up() || other->given_up());
}

TEST_F(CrowdTest, RefusesAClientOfAProxyThatHasUsedUpItsShare) {
  limits.connections = 8;
  Crowd few{limits};
  std::vector<std::shared_ptr<HttpConnection>> greedy;
  const auto come = [&](int number) {
    const std::string proxy = "192.0.2." + std::to_string(number);
    return add(few, proxy.c_str());
  };
  for (int i = 0; i < 6; ++i) {
    greedy.push_back(come(i));
    EXPECT_TRUE(greedy.back()->serve("198.51.100.7")) << i;
    greedy.back()->enter(HttpConnection::Phase::answering);
  }
  const auto seventh = come(6);

  EXPECT_FALSE(seventh->serve("198.51.100.7"));
  EXPECT_TRUE(come(7)->serve("198.51.100.8"));
  for (const auto& connection : greedy) EXPECT_FALSE(connection->given_up());
}

} // namespace
} // namespace fanlight::http
