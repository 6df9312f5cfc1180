#include <gmock/gmock.h>

#include "signalling_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

/// The life of a WebSocket, and what one may take.
class SignallingSocketTest : public SignallingTest {};

TEST_F(SignallingSocketTest, SpeaksItsProtocolIfOffered) {
  start();
  char mine[] = "fanlight.v1";
  char other[] = "something.else";
  char* offered[] = {other, mine, nullptr};
  const Page page{client.get(), url("/ws"), offered};
  ASSERT_TRUE(page.connected());
  EXPECT_STREQ(page.protocol(), "fanlight.v1");
}

TEST_F(SignallingSocketTest, RefusesBinaryAndLargeMessages) {
  start();
  const auto page = open();
  page->send_binary("x");
  EXPECT_EQ(text_of(page->next("error"), "code"), "bad_message");
  page->send(std::string(300 * 1024, ' '));
  EXPECT_EQ(text_of(page->next("error"), "code"), "too_large");
  page->send(R"({"type":"list"})");
  page->next("cameras");
}

TEST_F(SignallingSocketTest, ClosesTheSocketOfAHugeMessage) {
  start();
  const auto page = open();
  page->send(std::string(2 * 1024 * 1024, ' '));
  turn_until([&] { return page->closed(); }, "the close");
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(SignallingSocketTest, BoundsTheSessionsOfASocket) {
  limits.sessions_per_socket = 2;
  start();
  const auto page = open();
  for (const char* name : {"a", "b", "c"}) page->send(watch(name));
  const std::string closed = page->next("closed");
  EXPECT_EQ(text_of(closed, "session"), "c");
  EXPECT_EQ(text_of(closed, "code"), "busy");
  EXPECT_EQ(directory.live.size(), 2u);
}

TEST_F(SignallingSocketTest, BoundsTheSockets) {
  limits.sockets = 1;
  start();
  const auto first = open();
  ASSERT_TRUE(first->connected());
  const Page second{client.get(), url("/ws")};
  EXPECT_FALSE(second.connected());

  first->close();
  turn_until([&] { return first->closed(); }, "the close");

  // The place is free once the server has seen the close, too.
  bool free = false;
  for (int i = 0; i < 100 && !free; ++i) free = Page{client.get(), url("/ws")}.connected();
  EXPECT_TRUE(free);
}

TEST_F(SignallingSocketTest, EndsTheSessionsOfAPageThatIsGone) {
  start();
  auto page = open();
  page->send(watch("a"));
  page->send(watch("b"));
  page->next("answer");
  page->next("answer");

  page->close();
  turn_until([&] { return directory.live.empty(); }, "the sessions to end");

  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(SignallingSocketTest, EndsTheSessionsOfAPageThatBreaksOff) {
  start();
  auto page = open();
  page->send(watch("a"));
  page->next("answer");

  g_io_stream_close(soup_websocket_connection_get_io_stream(page->connection()), nullptr, nullptr);
  page.reset();

  turn_until([&] { return directory.live.empty(); }, "the session to end");
}

TEST_F(SignallingSocketTest, SaysGoodbyeAndClosesWhenItDrains) {
  start();
  const auto page = open();
  page->send(watch("tile"));
  page->next("answer");

  server->drain({Errc::unavailable, "the server stops"});

  const std::string goodbye = page->next("goodbye");
  EXPECT_EQ(text_of(goodbye, "message"), "the server stops");
  EXPECT_THAT(goodbye, HasSubstr("\"retry_after_ms\":"));
  turn_until([&] { return page->closed(); }, "the close");
  EXPECT_EQ(page->close_code(), SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  const Page late{client.get(), url("/ws")};
  EXPECT_FALSE(late.connected());
}

TEST_F(SignallingSocketTest, StaysOpenWhileAnIdlePageAnswersPings) {
  limits.ping = std::chrono::seconds{1};
  start();
  RawClient idle{server->port()};
  idle.ask_for_websocket();
  ASSERT_TRUE(idle.wait_for("\"hello\""));

  // More than it may leave without an answer.
  for (int pings = 0; pings < 4; ++pings) {
    idle.forget_received();
    ASSERT_TRUE(idle.wait_for("\x89"));
    idle.write(websocket_frame(10, true, ""));
  }

  EXPECT_FALSE(idle.closed());
}

TEST_F(SignallingSocketTest, IsOnlyAWebSocket) {
  start();
  const Response response = get("/ws");
  EXPECT_EQ(response.status, 426);
  EXPECT_EQ(response.header("upgrade"), "websocket");
  EXPECT_EQ(send({"POST", "/ws", "x", "text/plain", {}}).status, 405);
  EXPECT_EQ(get("/ws/more").status, 404);
  EXPECT_EQ(send({"GET", "/ws", {}, {}, {{"Upgrade", "websocket"}}}).status, 400);
}

TEST_F(SignallingSocketTest, OutlivesAServerThatIsDestroyedUnderIt) {
  start();
  const auto page = open();
  page->send(watch("tile"));
  page->next("answer");

  server.reset();

  turn_until([&] { return page->closed(); }, "the close");
  EXPECT_TRUE(directory.observers.empty());
}

} // namespace
} // namespace fanlight::test
