#include <utility>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_fixture.h"

namespace fanlight::test {
namespace {

using std::chrono::milliseconds;

const std::string kRequest = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

/// Connections and the descriptors they take, which are this process's as the server runs in it.
class DescriptorsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    limits.accept_pause = milliseconds{50};
  }
  void start() {
    ServerTest::start();
    // What is opened once and for good is there before we count: GLib's threads have descriptors.
    RawClient first{server->port()};
    first.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(first.wait_for("</title>"));
    first.close();
    RawClient second{server->port()};
    second.ask_for_websocket();
    EXPECT_TRUE(second.wait_for("\"hello\""));
    second.close();
    Timer poll;
    poll.every(milliseconds{2}, [] {});
    int still = 0; // Turns of the loop without a change.
    turn_until(
        [&] {
          still = open_descriptors() == std::exchange(before, open_descriptors()) ? still + 1 : 0;
          return still == 100;
        },
        "the descriptors to be counted");
  }
  /// Clients with kept-alive connections, each after so many answers.
  std::vector<std::unique_ptr<RawClient>> come(int clients, int requests) {
    std::vector<std::unique_ptr<RawClient>> all;
    for (int i = 0; i < clients; ++i) {
      all.push_back(std::make_unique<RawClient>(server->port()));
      for (int j = 0; j < requests; ++j) {
        all.back()->forget_received();
        all.back()->write(kRequest);
        EXPECT_TRUE(all.back()->wait_for("\"version\""));
      }
    }
    return all;
  }
  /// Without reading what is sent to clients: who reads helps on.
  void wait_for_descriptors(std::ptrdiff_t count) {
    Timer poll;
    poll.every(milliseconds{2}, [] {});
    turn_until([&] { return open_descriptors() <= count; },
               "descriptors to be closed: " + std::to_string(open_descriptors()) + " are open, " +
                   std::to_string(count) + " were");
  }

  std::ptrdiff_t before = 0;
};

TEST_F(DescriptorsTest, LeavesNoneOfKeptAliveConnectionsThatTheClientCloses) {
  start();

  come(20, 3).clear();

  wait_for_descriptors(before);
}

TEST_F(DescriptorsTest, LeavesNoneOfKeptAliveConnectionsThatTheClientResets) {
  start();
  auto clients = come(20, 1);

  const linger now{1, 0};
  for (const auto& one : clients)
    setsockopt(one->descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  clients.clear();

  wait_for_descriptors(before);
}

TEST_F(DescriptorsTest, LeavesNoneOfKeptAliveConnectionsThatIdleOut) {
  limits.idle = milliseconds{400};
  start();
  const auto clients = come(20, 1);

  wait_for_descriptors(before + 20); // The clients' own.
  for (const auto& one : clients) EXPECT_TRUE(one->wait_for_close());
}

TEST_F(DescriptorsTest, LeavesNoneOfKeptAliveConnectionsThatHaveBegunARequest) {
  start();
  for (const char* begun :
       {"G", "GET /health HTTP/1.1\r\n", "GET /health HTTP/1.1\r\nHost: a\r\n\r",
        "POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nv"}) {
    auto clients = come(5, 1);
    for (const auto& one : clients) one->write(begun);
    clients.clear();
    wait_for_descriptors(before);
  }
}

TEST_F(DescriptorsTest, LeavesNoneOfClientsThatSaidNothing) {
  start();
  come(20, 0).clear();
  come(1, 1).clear(); // Those before are accepted by now.
  wait_for_descriptors(before);
}

TEST_F(DescriptorsTest, LeavesNoneOfKeptAliveConnectionsAtTheEndOfTheServer) {
  start();
  auto clients = come(20, 1);

  server.reset();
  clients.clear();

  // The listener, and libsoup's stand-in for it with its other end.
  wait_for_descriptors(before - 3);
}

TEST_F(DescriptorsTest, LeavesNoneOfWebSockets) {
  start();
  auto clients = come(10, 1);
  for (const auto& one : clients) {
    one->ask_for_websocket();
    EXPECT_TRUE(one->wait_for("\"hello\""));
  }

  clients.clear();

  wait_for_descriptors(before);
}

TEST_F(DescriptorsTest, SaysNothingToAKeptAliveClientThatShutsItsSideDown) {
  start();
  auto clients = come(1, 1);
  clients[0]->forget_received();

  shutdown(clients[0]->descriptor(), SHUT_WR);

  EXPECT_TRUE(clients[0]->wait_for_close());
  EXPECT_EQ(clients[0]->received(), "");
}

/// No descriptor is left until its end.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    const int probe = open("/dev/null", O_RDONLY);
    none.rlim_cur = static_cast<rlim_t>(probe);
    close(probe);
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(DescriptorsTest, AcceptsAgainAfterThereWereNone) {
  start();
  const auto next = std::make_unique<RawClient>(server->port()); // Its own while there is one.
  {
    const NoDescriptors none;
    next->write(kRequest);
    bool over = false;
    Timer wait;
    wait.once(milliseconds{120}, [&] { over = true; });
    turn_until([&] { return over; }, "a while without descriptors");
    EXPECT_EQ(next->received(), "");
  }

  EXPECT_TRUE(next->wait_for("HTTP/1.1 200"));
}

TEST_F(DescriptorsTest, TakesOneFromAnIdleConnectionWhereThereAreNone) {
  start();
  const auto idle = come(3, 1);
  const auto next = std::make_unique<RawClient>(server->port());
  const NoDescriptors none;

  next->write(kRequest);

  EXPECT_TRUE(next->wait_for("HTTP/1.1 200"));
  EXPECT_TRUE(idle.front()->wait_for_close());
  EXPECT_FALSE(idle.back()->closed());
}

} // namespace
} // namespace fanlight::test
