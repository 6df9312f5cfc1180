#include <algorithm>

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using std::chrono::milliseconds;

using Clients = std::vector<std::unique_ptr<RawClient>>;

const std::string kRequest = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kHalfABody =
    "POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
    "Content-Length: 200000\r\n\r\nv=0";

/// One address takes all that it can get; others are served. 127.0.0.2 and so on are other
/// addresses.
class FairnessTest : public ServerTest {
 protected:
  std::unique_ptr<RawClient> connect(const std::string& from) {
    return std::make_unique<RawClient>(server->port(), from);
  }
  /// So many clients, each of which has said its piece, as far as the server has let it.
  Clients crowd(int count, const std::string& from, const std::string& piece) {
    Clients clients;
    for (int i = 0; i < count; ++i) {
      clients.push_back(connect(from));
      clients.back()->write(piece);
    }
    // Who comes last is known of when a visitor has been served.
    EXPECT_TRUE(is_served("127.0.0.9"));
    return clients;
  }
  bool is_served(const std::string& from) {
    const auto visitor = connect(from);
    visitor->write(kRequest);
    return visitor->wait_for("HTTP/1.1 200");
  }
  /// Null: it was refused.
  std::unique_ptr<RawClient> websocket(const std::string& from) {
    auto raw = connect(from);
    raw->ask_for_websocket();
    raw->wait_for("\r\n\r\n");
    if (raw->received().find(" 101 ") == std::string::npos) return nullptr;
    EXPECT_TRUE(raw->wait_for("\"hello\""));
    return raw;
  }
  Clients websockets(int count, const std::string& from) {
    Clients all;
    for (int i = 0; i < count; ++i)
      if (auto raw = websocket(from)) all.push_back(std::move(raw));
    return all;
  }
  static std::string watch(const std::string& name) {
    return websocket_frame(
        1, true, R"({"type":"watch","session":")" + name + R"(","camera":"front","sdp":"v=0"})");
  }
  static int open_of(const Clients& clients) {
    return static_cast<int>(std::count_if(clients.begin(), clients.end(),
                                          [](const auto& one) { return !one->closed(); }));
  }
};

TEST_F(FairnessTest, AdmitsAnotherAddressBeforeTheRestOfACrowd) {
  start();
  Clients crowd;
  for (int i = 0; i < 200; ++i) crowd.push_back(connect("127.0.0.2"));
  const auto visitor = connect("127.0.0.3");
  for (const auto& one : crowd) EXPECT_EQ(one->offer(kRequest), kRequest.size());
  EXPECT_EQ(visitor->offer(kRequest), kRequest.size());

  EXPECT_TRUE(visitor->wait_for("HTTP/1.1 200"));

  EXPECT_LT(std::ranges::count_if(crowd, [](const auto& one) { return !one->received().empty(); }),
            100);
}

TEST_F(FairnessTest, ServesAnotherAddressBesideHalfSentBodies) {
  limits.connections = 40;
  start();
  const Clients half = crowd(60, "127.0.0.2", kHalfABody);

  for (int i = 0; i < 20; ++i) EXPECT_TRUE(is_served("127.0.0.3"));

  EXPECT_LE(open_of(half), 40);
}

TEST_F(FairnessTest, ServesTheSameAddressBesideHalfSentBodies) {
  limits.connections = 40;
  start();
  const Clients half = crowd(60, "127.0.0.2", kHalfABody);

  EXPECT_TRUE(is_served("127.0.0.2"));
}

TEST_F(FairnessTest, ServesAnotherAddressBesideIdleConnections) {
  limits.connections = 40;
  start();
  const Clients idle = crowd(60, "127.0.0.2", kRequest);
  const Clients half = crowd(60, "127.0.0.4", "GET /");

  EXPECT_TRUE(is_served("127.0.0.3"));
}

TEST_F(FairnessTest, ServesAnotherAddressBesideRequestsThatWaitForTheirAnswer) {
  limits.connections = 40;
  directory.answer = "";
  start();
  const Clients waiting =
      crowd(60, "127.0.0.2",
            "POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
            "Content-Length: 3\r\n\r\nv=0");

  EXPECT_TRUE(is_served("127.0.0.3"));
  EXPECT_LE(open_of(waiting), 40);
}

TEST_F(FairnessTest, TakesFromTheAddressWithMostConnections) {
  limits.connections = 40;
  start();
  const Clients few = crowd(5, "127.0.0.2", kHalfABody);
  const Clients many = crowd(60, "127.0.0.3", kHalfABody);
  const Clients next = crowd(15, "127.0.0.4", kHalfABody);

  EXPECT_EQ(open_of(few), 5);
  EXPECT_EQ(open_of(next), 15);
  EXPECT_LE(open_of(many), 20);
}

TEST_F(FairnessTest, ServesAnotherAddressBesideIdleWebSockets) {
  limits.sockets = 20;
  start();
  const Clients idle = websockets(40, "127.0.0.2");
  EXPECT_EQ(idle.size(), 15u);

  const Clients others = websockets(8, "127.0.0.3");

  EXPECT_EQ(others.size(), 8u);
  EXPECT_EQ(open_of(others), 8);
}

TEST_F(FairnessTest, GivesThePlaceOfAWebSocketThatWatchesNothingToOneOfItsOwnAddress) {
  limits.sockets = 4;
  limits.settle = milliseconds{0};
  start();
  Clients all = websockets(3, "127.0.0.2");
  ASSERT_EQ(all.size(), 3u);
  all[0]->write(watch("a"));
  EXPECT_TRUE(all[0]->wait_for("answer"));

  EXPECT_TRUE(websocket("127.0.0.2"));

  EXPECT_TRUE(all[1]->wait_for_close());
  EXPECT_FALSE(all[0]->closed());
}

TEST_F(FairnessTest, EndsNoWebSocketForAHandshakeThatFails) {
  limits.sockets = 4;
  limits.settle = milliseconds{0};
  start();
  const Clients all = websockets(3, "127.0.0.2");
  ASSERT_EQ(all.size(), 3u);
  const auto bad = connect("127.0.0.2");
  bad->write("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");

  EXPECT_TRUE(bad->wait_for("HTTP/1.1 4"));

  EXPECT_TRUE(is_served("127.0.0.9"));
  EXPECT_EQ(open_of(all), 3);
}

TEST_F(FairnessTest, ServesAHouseOfFiveHundredPagesAndAWallOf256BesideOneThatTakesAllItCanGet) {
  start();
  const Clients idle = websockets(900, "127.0.0.2");
  const Clients house = websockets(500, "127.0.0.3");
  ASSERT_EQ(house.size(), 500u);
  for (std::size_t i = 0; i < house.size(); ++i) house[i]->write(watch("a"));

  const auto wall = websocket("127.0.0.4");
  ASSERT_TRUE(wall);
  for (int i = 0; i < 256; ++i) wall->write(watch("tile" + std::to_string(i)));

  turn_until([&] { return directory.live.size() == 756; }, "all sessions");
  EXPECT_EQ(open_of(house), 500);
  EXPECT_FALSE(wall->closed());
}

TEST_F(FairnessTest, EndsAMessageThatIsKeptUnfinishedByPongs) {
  limits.message_time = milliseconds{400};
  start();
  const auto slow = websocket("127.0.0.2");
  const auto good = websocket("127.0.0.2");
  ASSERT_TRUE(slow && good);
  slow->write(websocket_frame(1, false, "{"));
  Timer pongs;
  pongs.every(milliseconds{20}, [&] {
    slow->offer(websocket_frame(10, true, "") + websocket_frame(0, false, " "));
    good->offer(websocket_frame(10, true, ""));
  });

  EXPECT_TRUE(slow->wait_for_close());

  good->write(websocket_frame(1, true, R"({"type":"list"})"));
  EXPECT_TRUE(good->wait_for("\"cameras\""));
}

TEST_F(FairnessTest, EndsAMessageWhoseFrameDrips) {
  limits.message_time = milliseconds{400};
  start();
  const auto slow = websocket("127.0.0.2");
  ASSERT_TRUE(slow);
  const std::string whole = websocket_frame(1, true, std::string(100'000, ' '));
  std::size_t sent = 0;
  Timer drip;
  drip.every(milliseconds{20}, [&] { sent += slow->offer(whole.substr(sent, 1)); });

  EXPECT_TRUE(slow->wait_for_close());
}

TEST_F(FairnessTest, BoundsTheBytesOfUnfinishedMessagesAndBodiesTogether) {
  limits.in_flight = 1024 * 1024;
  limits.message = limits.refused_message = 512 * 1024;
  start();
  const auto modest = websocket("127.0.0.3");
  ASSERT_TRUE(modest);
  modest->write(websocket_frame(1, false, std::string(50'000, ' ')));
  Clients large;
  for (int i = 0; i < 10; ++i) {
    large.push_back(websocket("127.0.0.2"));
    ASSERT_TRUE(large.back());
    large.back()->write(websocket_frame(1, false, std::string(200'000, ' ')));
    large.push_back(connect("127.0.0.2"));
    large.back()->write(kHalfABody + std::string(150'000, ' '));
  }
  EXPECT_TRUE(is_served("127.0.0.9")); // All of it is read by now.

  // What is there still is less than may be in flight; who holds little is not asked to go.
  turn_until([&] { return open_of(large) <= 6; }, "the largest to be closed");
  EXPECT_GE(open_of(large), 4);
  modest->write(websocket_frame(0, true, R"({"type":"list"})"));
  EXPECT_TRUE(modest->wait_for("\"cameras\""));
}

TEST_F(FairnessTest, BoundsTheBytesOfAnswersThatAreNotRead) {
  limits.in_flight = 20 * 1024 * 1024;
  write_file("large.bin", std::string(8 * 1024 * 1024, 'x'));
  start();
  const std::ptrdiff_t before = open_descriptors();
  Clients lazy;
  for (int i = 0; i < 4; ++i) {
    lazy.push_back(connect("127.0.0.2"));
    const int small = 4096;
    setsockopt(lazy.back()->descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    lazy.back()->write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  // Four of them have their own ends open, and two the server's.
  turn_until([&] { return open_descriptors() > before + 4; }, "answers to begin");
  Timer poll;
  poll.every(milliseconds{2}, [] {});
  EXPECT_TRUE(is_served("127.0.0.9"));
  turn_until([&] { return open_descriptors() <= before + 6; }, "two of the answers to be ended");
}

TEST_F(FairnessTest, BoundsTheBytesThatWebSocketsAreSentAndDoNotRead) {
  limits.in_flight = 20 * 1024 * 1024;
  directory.all_cameras[0].best.reason.message = std::string(8 * 1024 * 1024, 'r');
  start();
  const std::ptrdiff_t before = open_descriptors();
  Clients lazy;
  for (int i = 0; i < 4; ++i) {
    lazy.push_back(connect("127.0.0.2"));
    const int small = 4096;
    setsockopt(lazy.back()->descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    lazy.back()->ask_for_websocket();
  }

  turn_until([&] { return open_descriptors() == before + 8; }, "all to come");
  turn_until([&] { return open_descriptors() <= before + 6; }, "two of them to be ended");
}

TEST_F(FairnessTest, GivesBackTheBytesOfWhatIsWhole) {
  limits.in_flight = 512 * 1024;
  start();
  const auto page = websocket("127.0.0.2");
  ASSERT_TRUE(page);
  const std::string list = R"({"type":"list"})";
  for (int i = 0; i < 10; ++i) {
    page->forget_received();
    page->write(websocket_frame(1, false, std::string(100'000, ' ')) +
                websocket_frame(0, true, list));
    ASSERT_TRUE(page->wait_for("\"cameras\""));
    EXPECT_EQ(send({"POST", "/whep/none", std::string(200'000, 'v'), "application/sdp", {}}).status,
              404);
  }
}

} // namespace
} // namespace fanlight::test
