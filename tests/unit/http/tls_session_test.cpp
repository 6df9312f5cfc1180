#include <array>
#include <cstdlib>

#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/tls_session.h"
#include "tls_peer.h"

namespace fanlight::http {
namespace {

using test::TlsPeer;

/// The server's end of a connection, and a client of OpenSSL.
class TlsSessionTest : public testing::Test {
 protected:
  TlsSessionTest() {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-tls-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    context_ = read_tls_files(test::write_certificate(folder_)).value();
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    client_end = ends[1];
    const Owned<GSocket> end{g_socket_new_from_fd(ends[0], nullptr)};
    server = TlsSession::create(end.get(), context_.context.get());
  }
  ~TlsSessionTest() override {
    std::filesystem::remove_all(folder_);
    close(client_end);
  }

  /// What read() says: the bytes, "wait", "end", or "broken".
  std::string read(std::size_t most = 16384) {
    std::string buffer(most, '\0');
    GError* failure = nullptr;
    const gssize got = server->read(buffer.data(), most, &failure);
    const OwnedError error{failure};
    if (got > 0) return buffer.substr(0, static_cast<std::size_t>(got));
    if (got == 0) return "end";
    return g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? "wait" : "broken";
  }
  bool shake_hands(TlsPeer& client) {
    constexpr int kFlights = 6; // More than any handshake has.
    for (int i = 0; i < kFlights && !client.failed(); ++i) {
      if (client.shake_hands()) return read() == "wait"; // It reads the client's last flight.
      if (read() == "broken") client.shake_hands();      // It reads the alert.
    }
    return false;
  }
  void send_plain(const std::string& bytes) const {
    EXPECT_EQ(write(client_end, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }

  int client_end = -1;
  std::shared_ptr<TlsSession> server;

 private:
  std::filesystem::path folder_;
  TlsContext context_;
};

TEST_F(TlsSessionTest, ReadsAndWritesAfterAHandshakeThatNeverBlocks) {
  EXPECT_EQ(read(), "wait");
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  EXPECT_STREQ(client.version(), "TLSv1.3");

  EXPECT_EQ(client.offer("question"), 8U);
  EXPECT_EQ(read(), "question");
  EXPECT_EQ(read(), "wait");
  EXPECT_EQ(server->write("answer", 6, nullptr), 6);
  EXPECT_EQ(client.received(), "answer");
}

TEST_F(TlsSessionTest, SpeaksTls12AndNothingOlder) {
  TlsPeer client{client_end, TLS1_2_VERSION};
  EXPECT_TRUE(shake_hands(client));
  EXPECT_STREQ(client.version(), "TLSv1.2");
}

TEST_F(TlsSessionTest, RefusesTls11) {
  TlsPeer client{client_end, TLS1_1_VERSION};
  EXPECT_FALSE(shake_hands(client));
  EXPECT_TRUE(client.failed());
  EXPECT_EQ(read(), "broken");
}

TEST_F(TlsSessionTest, SaysThatMoreIsThereThanWasRead) {
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  client.offer("question");

  EXPECT_FALSE(server->has_pending());
  EXPECT_EQ(read(4), "ques");
  EXPECT_TRUE(server->has_pending()) << "the socket is not readable, so nobody would read the rest";
  EXPECT_EQ(read(), "tion");
  EXPECT_FALSE(server->has_pending());
}

TEST_F(TlsSessionTest, EndsWhereTheClientEnds) {
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  shutdown(client_end, SHUT_WR);

  EXPECT_EQ(read(), "end");
}

TEST_F(TlsSessionTest, CountsNoByteAsWrittenThatTheKernelDoesNotHave) {
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  constexpr std::size_t kAll = std::size_t{4} * 1024 * 1024;
  std::string sent;
  for (std::size_t i = 0; sent.size() < kAll; ++i) sent += std::to_string(i) + ' ';
  std::size_t written = 0;
  int waits = 0;
  while (written < sent.size()) {
    const gssize put = server->write(sent.data() + written, sent.size() - written, nullptr);
    if (put > 0) {
      written += static_cast<std::size_t>(put);
    } else {
      ++waits;
      EXPECT_FALSE(server->is_writable());
      client.received();
      EXPECT_TRUE(server->is_writable());
    }
  }
  server.reset(); // As a connection that is closed after its answer.

  EXPECT_GT(waits, 2);
  EXPECT_TRUE(client.received() == sent) << client.received().size() << " of " << sent.size();
}

/// libsoup puts a pong before a message that has not begun.
TEST_F(TlsSessionTest, WritesOtherBytesAfterAWriteThatWouldBlock) {
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  const std::string first(16 * 1024, 'a');
  std::size_t of_first = 0;
  gssize put = 0;
  // What is written of a message is a part of it, or the message has not begun.
  while ((put = server->write(first.data(), first.size(), nullptr)) ==
         static_cast<gssize>(first.size()))
    of_first += first.size();
  if (put > 0) {
    EXPECT_EQ(put, static_cast<gssize>(first.size()) - 1);
    of_first += static_cast<std::size_t>(put);
    client.received();
    ASSERT_EQ(server->write("a", 1, nullptr), 1);
    ++of_first;
  } else {
    client.received();
  }
  ASSERT_EQ(server->write("pong", 4, nullptr), 4);

  EXPECT_TRUE(client.received() == std::string(of_first, 'a') + "pong");
}

TEST_F(TlsSessionTest, TellsAClientOfPlainHttpToUseHttps) {
  send_plain("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(read(), "broken");
  std::string answer(1024, '\0');
  const ssize_t size = ::read(client_end, answer.data(), answer.size());
  ASSERT_GT(size, 0);
  answer.resize(static_cast<std::size_t>(size));
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 400 "));
  const std::size_t body = answer.find("\r\n\r\n") + 4;
  EXPECT_THAT(answer, testing::HasSubstr("Content-Length: " + std::to_string(answer.size() - body) +
                                         "\r\n"));
  EXPECT_THAT(answer.substr(body), testing::HasSubstr("https://"));
}

TEST_F(TlsSessionTest, GivesNoMemoryToAHelloThatIsTooLarge) {
  // A record of 64 bytes that begins a ClientHello of 128 KiB.
  send_plain(std::string{"\x16\x03\x01\x00\x40\x01\x02\x00\x00", 9});

  EXPECT_EQ(read(), "broken");
}

TEST_F(TlsSessionTest, RefusesAHelloThatHidesItsSize) {
  // A record of two bytes, and the size in another one.
  send_plain(std::string{"\x16\x03\x01\x00\x02\x01\x00\x16\x03\x01\x00\x40\xff\xff", 14});

  EXPECT_EQ(read(), "broken");
}

TEST_F(TlsSessionTest, ReadsABoundedNumberOfBytesAtOnce) {
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  server->take_received();
  constexpr std::size_t kRecords = 8;
  client.pad_records();
  for (std::size_t i = 0; i < kRecords; ++i) ASSERT_TRUE(client.update_key(false));
  ASSERT_EQ(client.offer("x"), 1U);

  std::size_t turns = 0;
  std::string text;
  while ((text = read()) == "wait" && turns < kRecords) {
    ++turns;
    EXPECT_LE(server->take_received(), std::size_t{2} * 17 * 1024);
  }

  EXPECT_EQ(text, "x");
  EXPECT_GT(turns, 2U);
}

TEST_F(TlsSessionTest, EndsAClientThatOnlyUpdatesItsKey) {
  constexpr int kMost = 64;
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));
  const auto update = [&](int times) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(client.update_key(false));
  };
  update(kMost);
  client.offer("question");
  EXPECT_EQ(read(), "question");
  update(kMost);
  EXPECT_EQ(read(), "wait");

  update(1);

  EXPECT_EQ(read(), "broken");
}

TEST_F(TlsSessionTest, EndsAClientThatRenegotiates) {
  TlsPeer client{client_end, TLS1_2_VERSION};
  ASSERT_TRUE(shake_hands(client));

  client.renegotiate();

  EXPECT_EQ(read(), "broken");
}

TEST_F(TlsSessionTest, KeepsABoundedNumberOfBytesForAClientThatDoesNotRead) {
  constexpr int kRounds = 600;
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));

  int rounds = 0;
  std::string text;
  do {
    for (int i = 0; i < 32; ++i) ASSERT_TRUE(client.update_key(true));
    ASSERT_EQ(client.offer("x"), 1U);
    text = read();
  } while (text == "x" && ++rounds < kRounds);

  EXPECT_EQ(text, "broken") << "the server's answers wait in its memory";
}

TEST_F(TlsSessionTest, CountsAHandshakeOnceAndWhatHasArrived) {
  EXPECT_FALSE(server->take_handshake());
  TlsPeer client{client_end};
  ASSERT_TRUE(shake_hands(client));

  EXPECT_TRUE(server->take_handshake());
  EXPECT_FALSE(server->take_handshake());
  EXPECT_GT(server->take_received(), 200U);
  client.offer("x");
  EXPECT_EQ(read(), "x");
  EXPECT_GT(server->take_received(), 20U); // Most of a tiny record is not text.
}

} // namespace
} // namespace fanlight::http
