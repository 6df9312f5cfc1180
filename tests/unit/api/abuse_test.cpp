#include <algorithm>
#include <array>
#include <chrono>

#include <gmock/gmock.h>
#include <libsoup/soup.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

/// Clients that are slow, broken or hostile; what matters is that the others are served.
class AbuseTest : public ServerTest {
 protected:
  /// Short enough to wait for.
  void shorten_deadlines() { limits.head = limits.idle = milliseconds{400}; }
  /// Others are served. Whose own deadline comes because the machine pauses tries again.
  bool serves_others() {
    const auto end = std::chrono::steady_clock::now() + kHangLimit;
    while (std::chrono::steady_clock::now() < end)
      if (get("/health").status == 200) return true;
    return false;
  }
  std::unique_ptr<RawClient> connect() { return std::make_unique<RawClient>(server->port()); }

  /// A WebSocket after its handshake.
  std::unique_ptr<RawClient> websocket() {
    auto raw = connect();
    raw->ask_for_websocket();
    EXPECT_TRUE(raw->wait_for("\"hello\""));
    return raw;
  }
};

TEST_F(AbuseTest, ClosesAConnectionThatSaysNothing) {
  shorten_deadlines();
  start();
  const auto silent = connect();
  EXPECT_TRUE(silent->wait_for_close());
}

TEST_F(AbuseTest, ClosesAConnectionThatDripsItsHeaders) {
  shorten_deadlines();
  start();
  const auto slow = connect();
  slow->write("GET / HTTP/1.1\r\nHost: a\r\n");
  Timer drip;
  int lines = 0;
  drip.every(milliseconds{20}, [&] { slow->offer("X-" + std::to_string(++lines) + ": y\r\n"); });

  EXPECT_TRUE(slow->wait_for_close());
  EXPECT_TRUE(serves_others());
}

TEST_F(AbuseTest, ClosesAConnectionThatDripsItsBody) {
  limits.body = milliseconds{400};
  start();
  const auto slow = connect();
  slow->write("POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
              "Content-Length: 1000\r\n\r\n");
  Timer drip;
  drip.every(milliseconds{20}, [&] { slow->offer("v"); });

  EXPECT_TRUE(slow->wait_for_close());
  EXPECT_EQ(directory.opened, 0);
}

TEST_F(AbuseTest, ClosesAnIdleConnection) {
  limits.idle = milliseconds{20};
  start();
  const auto idle = connect();
  idle->write("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_TRUE(idle->wait_for("\"version\""));
  EXPECT_TRUE(idle->wait_for_close());
}

TEST_F(AbuseTest, KeepsAnIdleConnectionUntilThen) {
  start();
  const auto keeper = connect();
  const std::string request = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  keeper->write(request);
  ASSERT_TRUE(keeper->wait_for("\"version\""));
  const std::size_t first = keeper->received().size();
  keeper->write(request);
  Timer poll;
  poll.every(milliseconds{2}, [] {});
  turn_until([&] { return keeper->received().size() >= 2 * first; }, "the second answer");

  EXPECT_FALSE(keeper->closed());
}

TEST_F(AbuseTest, ClosesAConnectionThatDoesNotReadItsAnswer) {
  limits.write = milliseconds{200};
  write_file("large.bin", std::string(48 * 1024 * 1024, 'x'));
  start();
  const auto lazy = connect();
  const auto without_it = open_descriptors(); // Without the server's end.
  const int small = 4096;
  setsockopt(lazy->descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  lazy->write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");

  // The server is in this process: its end of the connection is one of our descriptors. Whoever
  // reads meanwhile would help it on.
  Timer poll;
  poll.every(milliseconds{2}, [] {});
  int sent = 0;
  turn_until([&] { return ioctl(lazy->descriptor(), FIONREAD, &sent) == 0 && sent > 0; },
             "the answer to begin");
  turn_until([&] { return open_descriptors() == without_it; }, "its end");
}

TEST_F(AbuseTest, ClosesAConnectionThatReadsItsAnswerByDrips) {
  limits.write = milliseconds{400};
  limits.answer_rate = 1024 * 1024 * 1024;
  write_file("large.bin", std::string(48 * 1024 * 1024, 'x'));
  start();
  const auto slow = connect();
  const auto without_it = open_descriptors(); // Without the server's end.
  const int small = 4096;
  setsockopt(slow->descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  slow->write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
  // Progress all the time, but no end.
  std::array<char, 65536> buffer{};
  std::size_t read = 0;
  Timer drip;
  drip.every(milliseconds{5}, [&] {
    const ssize_t got = recv(slow->descriptor(), buffer.data(), buffer.size(), 0);
    if (got > 0) read += static_cast<std::size_t>(got);
  });

  turn_until([&] { return read > 0; }, "the answer to begin");
  turn_until([&] { return open_descriptors() == without_it; }, "its end");
  EXPECT_LT(read, 48u * 1024 * 1024);
}

TEST_F(AbuseTest, RefusesTooLargeABodyWithoutKeepingIt) {
  start();
  const auto fat = connect();
  fat->write("POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
             "Content-Length: 400000\r\n\r\n" +
             std::string(400'000, 'v'));
  EXPECT_TRUE(fat->wait_for("HTTP/1.1 413"));
  EXPECT_TRUE(fat->wait_for_close());
}

TEST_F(AbuseTest, RefusesTooLargeABodyInChunks) {
  start();
  const auto fat = connect();
  fat->write("POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
             "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i) fat->write("10000\r\n" + std::string(0x10000, 'v') + "\r\n");
  fat->write("0\r\n\r\n");
  EXPECT_TRUE(fat->wait_for("HTTP/1.1 413"));
}

TEST_F(AbuseTest, RefusesBeforeTheBodyWhereTheClientAsks) {
  start();
  const auto polite = connect();
  polite->write("POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
                "Expect: 100-continue\r\nContent-Length: 99000000\r\n\r\n");
  EXPECT_TRUE(polite->wait_for("HTTP/1.1 413"));
}

TEST_F(AbuseTest, CutsABodyThatDoesNotEnd) {
  start();
  const auto endless = connect();
  endless->write("POST /whep/front HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
                 "Content-Length: 9000000000\r\n\r\n");
  const std::string block(65536, 'v');
  Timer more;
  more.every(milliseconds{1}, [&] { endless->offer(block); });
  EXPECT_TRUE(endless->wait_for_close());
}

TEST_F(AbuseTest, RefusesHeadersWithoutEnd) {
  start();
  const auto endless = connect();
  endless->write("GET / HTTP/1.1\r\n");
  const std::string line = "X: " + std::string(8000, 'y') + "\r\n";
  Timer more;
  more.every(milliseconds{1}, [&] { endless->offer(line); });
  EXPECT_TRUE(endless->wait_for_close());
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(AbuseTest, SurvivesBytesThatAreNotHttp) {
  shorten_deadlines();
  limits.body = limits.head;
  start();
  for (const std::string& bytes :
       {std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"}, std::string(100, '\0'),
        std::string{"GET\r\n\r\n"}, std::string{"GET / HTTP/9.9\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\n\r\n"},
        std::string{"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
        std::string{"CONNECT a:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
        std::string{"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
        std::string{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"}}) {
    const auto odd = connect();
    odd->write(bytes);
    EXPECT_TRUE(odd->wait_for_close()) << bytes;
  }
  EXPECT_TRUE(serves_others());
}

TEST_F(AbuseTest, GivesThePlaceOfTheLongestIdleToTheNext) {
  limits.connections = 3;
  start();
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 3; ++i) {
    idle.push_back(connect());
    idle.back()->write("G");
  }

  EXPECT_EQ(get("/health").status, 200);
  EXPECT_TRUE(idle.front()->wait_for_close());
  EXPECT_FALSE(idle.back()->closed());
}

TEST_F(AbuseTest, ClosesAWebSocketThatDoesNotRead) {
  limits.send_queue = 256 * 1024;
  start();
  const auto lazy = websocket();
  Page good{client.get(), url("/ws")};
  cameras::CameraInfo camera = directory.all_cameras[0];
  camera.best.reason.message = std::string(60'000, 'r');
  int changes = 0;
  // Many cameras, each change a new one: nothing can be joined.
  Timer change;
  change.every(milliseconds{1}, [&] {
    camera.id = "camera" + std::to_string(++changes);
    directory.change(camera);
  });
  const std::string watch = R"({"type":"watch","session":"a","camera":"front","sdp":"v=0"})";
  lazy->write(websocket_frame(1, true, watch));
  turn_until([&] { return directory.opened == 1 && directory.live.empty(); },
             "the session of the lazy client to end");

  const auto then = static_cast<std::size_t>(changes);
  turn_until([&] { return good.count("camera") > then || good.closed(); }, "more changes");
  EXPECT_FALSE(good.closed());
}

TEST_F(AbuseTest, JoinsTheNewsOfACameraForASlowWebSocket) {
  limits.push = milliseconds{0};
  limits.send_queue = 1024 * 1024;
  start();
  const auto lazy = websocket();
  cameras::CameraInfo camera = directory.all_cameras[0];
  camera.best.reason.message = std::string(60'000, 'r');
  for (int i = 1; i <= 400; ++i) {
    camera.best.reconnects = static_cast<std::uint32_t>(i);
    directory.change(camera);
    g_main_context_iteration(nullptr, FALSE);
  }

  // 24 MB of news, of which the last is what counts; the client is not closed for it.
  EXPECT_TRUE(lazy->wait_for("\"reconnects\":400,"));
  EXPECT_LT(lazy->received().size(), 24'000'000u);
  EXPECT_FALSE(lazy->closed());
}

TEST_F(AbuseTest, ClosesASlowWebSocketWhoseNewsBecomesTooLarge) {
  limits.push = milliseconds{0};
  limits.send_queue = 512 * 1024;
  start();
  const auto lazy = websocket();
  cameras::CameraInfo camera = directory.all_cameras[0];
  camera.best.reason.message = std::string(60'000, 'r');
  for (int i = 0; i < 400; ++i) {
    directory.change(camera);
    g_main_context_iteration(nullptr, FALSE);
  }
  camera.best.reason.message = std::string(600'000, 'r');
  directory.change(camera); // Instead of what waits.

  EXPECT_TRUE(lazy->wait_for("the client reads too slowly"));
}

TEST_F(AbuseTest, ClosesAWebSocketThatDoesNotAnswerPings) {
  limits.ping = std::chrono::seconds{1};
  start();
  const auto deaf = websocket();
  deaf->write(
      websocket_frame(1, true, R"({"type":"watch","session":"a","camera":"front","sdp":"v=0"})"));
  EXPECT_TRUE(deaf->wait_for("answer"));
  turn_until([&] { return directory.live.empty(); }, "the session to end");
}

TEST_F(AbuseTest, ClosesAWebSocketWhoseMessageComesInEndlessFragments) {
  start();
  const auto endless = websocket();
  endless->write(websocket_frame(1, false, std::string(60'000, 'x')));
  for (int i = 0; i < 30 && !endless->closed(); ++i)
    endless->write(websocket_frame(0, false, std::string(60'000, 'x')));
  EXPECT_TRUE(endless->wait_for_close());
}

TEST_F(AbuseTest, ClosesAWebSocketThatPingsAndDoesNotRead) {
  start();
  const auto pinger = websocket();
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += websocket_frame(9, true, std::string(125, 'p'));
  // It never reads, and sends until the server has had enough.
  bool reset = false;
  Timer more;
  std::size_t sent = 0;
  more.every(milliseconds{1}, [&] {
    const ssize_t step = ::send(pinger->descriptor(), pings.data() + sent % pings.size(),
                                pings.size() - sent % pings.size(), MSG_NOSIGNAL);
    if (step > 0) sent += static_cast<std::size_t>(step);
    if (step < 0 && errno != EAGAIN) reset = true;
  });
  turn_until([&] { return reset; }, "the server to close");
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(AbuseTest, ClosesAWebSocketThatKeepsSendingNonsense) {
  limits.errors_per_socket = 10;
  start();
  const auto confused = websocket();
  for (int i = 0; i < 9; ++i) confused->write(websocket_frame(1, true, "?"));
  confused->write(websocket_frame(1, true, R"({"type":"list"})"));
  EXPECT_TRUE(confused->wait_for("\"type\":\"cameras\""));
  EXPECT_FALSE(confused->closed());

  confused->write(websocket_frame(1, true, "?"));

  EXPECT_TRUE(confused->wait_for("too many bad messages"));
}

TEST_F(AbuseTest, ClosesAWebSocketThatKeepsAskingForWhatItIsRefused) {
  limits.refusals_per_socket = 10;
  limits.refusal = std::chrono::hours{1};
  start();
  const auto stubborn = websocket();
  const std::string watch = R"({"type":"watch","session":"a","camera":"none","sdp":"v=0"})";
  for (int i = 0; i < 9; ++i) stubborn->write(websocket_frame(1, true, watch));
  stubborn->write(websocket_frame(1, true, R"({"type":"list"})"));
  EXPECT_TRUE(stubborn->wait_for("\"type\":\"cameras\""));
  EXPECT_FALSE(stubborn->closed());

  stubborn->write(websocket_frame(1, true, watch));

  EXPECT_TRUE(stubborn->wait_for("too many sessions were refused"));
}

TEST_F(AbuseTest, ServesOthersWhileAWebSocketFloodsIt) {
  limits.errors_per_socket = 1'000'000;
  start();
  const auto flood = websocket();
  std::string messages;
  for (int i = 0; i < 2000; ++i) messages += websocket_frame(1, true, R"({"type":"x"})");
  std::size_t sent = 0;
  Timer more;
  more.every(milliseconds{1}, [&] {
    flood->received();
    sent += flood->offer(messages.substr(sent % messages.size()));
  });

  for (std::size_t i = 1; i <= 5; ++i) {
    turn_until([&] { return sent > i * messages.size() / 2; }, "the flood to flow");
    EXPECT_EQ(get("/health").status, 200);
  }
}

TEST_F(AbuseTest, ClosesAWebSocketThatBreaksTheProtocol) {
  start();
  for (const std::string& bytes :
       {std::string{"\x81\x05hello"}, // Not masked.
        websocket_frame(3, true, "x"),
        websocket_frame(0, true, "x"),        // Reserved; a fragment of nothing.
        websocket_frame(1, true, "\xff\xfe"), // Not UTF-8.
        std::string{"\xf1\x80\0\0\0\0", 6},   // Reserved bits.
        std::string{"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14}}) { // 2^64 - 1 bytes.
    const auto broken = websocket();
    broken->write(bytes);
    EXPECT_TRUE(broken->wait_for_close());
  }
  EXPECT_EQ(get("/health").status, 200);
}

} // namespace
} // namespace fanlight::test
