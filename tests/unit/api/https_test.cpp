#include <algorithm>
#include <utility>

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "server_fixture.h"
#include "tls_peer.h"

namespace fanlight::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

/// A browser's connection by TLS.
class SecureClient {
 public:
  explicit SecureClient(int port, const std::string& from = "127.0.0.1")
      : socket_(port, from), tls_(socket_.descriptor()) {}

  bool shake_hands() {
    Timer poll;
    poll.every(milliseconds{2}, [] {});
    return turn_until([&] { return tls_.shake_hands() || tls_.failed(); }, "the handshake") &&
           !tls_.failed();
  }
  /// What is received with `text` in it.
  std::string ask(const std::string& request, const std::string& text) {
    const std::size_t before = tls_.received().size();
    tls_.offer(request);
    Timer poll;
    poll.every(milliseconds{2}, [] {});
    const auto come = [&] { return tls_.received().substr(before); };
    turn_until([&] { return come().find(text) != std::string::npos || tls_.closed(); }, text);
    return come();
  }
  std::string get(const std::string& path, const std::string& text,
                  const std::string& headers = {}) {
    return ask("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n", text);
  }
  TlsPeer& tls() { return tls_; }

 private:
  RawClient socket_;
  TlsPeer tls_;
};

class HttpsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    const http::TlsFiles files = write_certificate(folder);
    config.server.tls = {.certificate = files.certificate, .key = files.key};
  }
};

TEST_F(HttpsTest, ServesThePage) {
  start();
  EXPECT_EQ(server->url(), "https://" + server->address());
  SecureClient browser{server->port()};
  ASSERT_TRUE(browser.shake_hands());

  EXPECT_THAT(browser.get("/", "</title>"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpsTest, SendsAnAnswerThatIsLargerThanTheKernelTakes) {
  write_file("large.txt", std::string(std::size_t{12} * 1024 * 1024, 'x') + "end");
  start();
  SecureClient browser{server->port()};
  ASSERT_TRUE(browser.shake_hands());

  const std::string answer = browser.get("/large.txt", "end", "Connection: close\r\n");

  EXPECT_TRUE(answer.ends_with("end"));
  EXPECT_EQ(std::count(answer.begin(), answer.end(), 'x'), 12 * 1024 * 1024 + 1); // And "max".
}

TEST_F(HttpsTest, AnswersRequestsThatComeInOneRecord) {
  start();
  SecureClient browser{server->port()};
  ASSERT_TRUE(browser.shake_hands());
  const std::string one = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

  const std::string answers =
      browser.ask(one + one + "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "</title>");

  EXPECT_NE(answers.find("\"version\""), answers.rfind("\"version\""));
}

TEST_F(HttpsTest, OpensAWebSocket) {
  start();
  SecureClient browser{server->port()};
  ASSERT_TRUE(browser.shake_hands());

  EXPECT_THAT(browser.get("/ws", "\"hello\"",
                          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                          "13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"),
              StartsWith("HTTP/1.1 101 "));
  // Both frames come in one record.
  const std::string ping = websocket_frame(9, true, "one");
  EXPECT_THAT(browser.ask(ping + websocket_frame(9, true, "two"), "two"), HasSubstr("one"));
}

TEST_F(HttpsTest, EndsAClientThatDoesNotFinishItsHandshake) {
  limits.head = milliseconds{50};
  start();
  RawClient silent{server->port()};
  RawClient slow{server->port()};
  slow.write("\x16\x03\x01");

  EXPECT_TRUE(silent.wait_for_close());
  EXPECT_TRUE(slow.wait_for_close());
}

TEST_F(HttpsTest, CountsConnectionsBeforeTheirHandshake) {
  limits.connections = 8;
  start();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 16; ++i)
    silent.push_back(std::make_unique<RawClient>(server->port(), "127.0.0.2"));

  SecureClient browser{server->port()};
  ASSERT_TRUE(browser.shake_hands());
  EXPECT_THAT(browser.get("/", "</title>"), StartsWith("HTTP/1.1 200 "));
  Timer poll;
  poll.every(milliseconds{2}, [] {});
  turn_until(
      [&] {
        return std::count_if(silent.begin(), silent.end(),
                             [](const auto& one) { return one->closed(); }) >= 9;
      },
      "the silent ones to be refused");
}

TEST_F(HttpsTest, LeavesNoDescriptorOfAConnectionThatEndsBetweenRequests) {
  start();
  const auto come_and_go = [&](bool says_goodbye) {
    SecureClient browser{server->port()};
    ASSERT_TRUE(browser.shake_hands());
    browser.get("/health", "\"version\"");
    if (!says_goodbye) return;
    browser.get("/", "</title>", "Connection: close\r\n");
  };
  come_and_go(false); // What stays open once and for good is there before we count.
  Timer poll;
  poll.every(milliseconds{2}, [] {});
  const std::ptrdiff_t before = open_descriptors();
  for (int i = 0; i < 8; ++i) come_and_go(i % 2 == 0);
  { RawClient none{server->port()}; }
  RawClient stranger{server->port()};
  stranger.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(stranger.wait_for("https://"));
  stranger.close();

  turn_until([&] { return open_descriptors() <= before; }, "the descriptors to be closed");
}

TEST_F(HttpsTest, KeepsConnectionsThroughARenewal) {
  start();
  SecureClient before{server->port()};
  ASSERT_TRUE(before.shake_hands());
  before.get("/health", "\"version\"");
  write_certificate(folder);

  server->renew_certificate();

  EXPECT_THAT(before.get("/", "</title>"), StartsWith("HTTP/1.1 200 "));
  SecureClient after{server->port()};
  ASSERT_TRUE(after.shake_hands());
  EXPECT_NE(before.tls().fingerprint(), after.tls().fingerprint());
}

TEST_F(HttpsTest, TellsBrowsersToUseHttpsOnlyIfTheOperatorSaysSo) {
  start();
  SecureClient browser{server->port()};
  ASSERT_TRUE(browser.shake_hands());
  EXPECT_EQ(browser.get("/", "</title>").find("Strict-Transport-Security"), std::string::npos);

  config.server.tls.hsts_days = 365;

  EXPECT_THAT(browser.get("/", "</title>"),
              HasSubstr("Strict-Transport-Security: max-age=31536000\r\n"));
}

TEST_F(HttpsTest, LeadsHttpToHttps) {
  config.server.tls.redirect = "127.0.0.1:0";
  start();
  const std::string redirecting = server->redirecting();
  const std::string port = ':' + std::to_string(server->port());
  const auto ask = [&](const std::string& head) {
    RawClient browser{std::stoi(redirecting.substr(redirecting.rfind(':') + 1))};
    browser.write(head + "\r\n\r\n");
    EXPECT_TRUE(browser.wait_for("\r\n\r\n"));
    return browser.received();
  };

  EXPECT_THAT(ask("GET /settings.html?a=%20b HTTP/1.1\r\nHost: cameras.example.org:80"),
              testing::AllOf(StartsWith("HTTP/1.1 307 "),
                             HasSubstr("Location: https://cameras.example.org" + port +
                                       "/settings.html?a=%20b\r\n")));
  EXPECT_THAT(ask("HEAD /api/cameras HTTP/1.1\r\nHost: [2001:db8::1]"),
              HasSubstr("Location: https://[2001:db8::1]" + port + "/api/cameras\r\n"));
  // What a client has sent in plain text already, it had better not send again unnoticed.
  EXPECT_THAT(ask("POST /whep/front HTTP/1.1\r\nContent-Length: 0\r\nHost: [2001:db8::1]"),
              testing::AllOf(StartsWith("HTTP/1.1 403 "), testing::Not(HasSubstr("Location"))));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: a/b"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpsTest, NamesTheAddressOfTheRedirectThatIsInUse) {
  config.server.tls.redirect = "127.0.0.1:0";
  start();
  config::Config second = config;
  second.server.tls.redirect = server->redirecting();

  const auto other =
      http::WebService::create(second, directory, directory, store, *layouts, *policy, limits);

  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().message, HasSubstr("set server.tls.redirect to a free port"));
}

TEST_F(HttpsTest, DoesNotStartWithoutItsCertificate) {
  config.server.tls.certificate = folder / "none.crt";

  const auto created =
      http::WebService::create(config, directory, directory, store, *layouts, *policy, limits);

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, Errc::invalid);
  EXPECT_THAT(created.error().message, HasSubstr("server.tls.certificate: "));
}

/// Behind a proxy on 127.0.0.1, without TLS in between.
class ProxiedTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    config.server.trusted_proxies = {"127.0.0.1"};
    start();
  }
  Response get_for(const std::string& address) {
    return send({"GET", "/api/settings", {}, {}, {{"X-Forwarded-For", address}}});
  }
};

TEST_F(ProxiedTest, JudgesTheClientByItsOwnAddress) {
  EXPECT_EQ(get_for("192.168.0.7").status, 200);
  EXPECT_EQ(get_for("203.0.113.7").status, 403);
  EXPECT_THAT(get_for("203.0.113.7").body, HasSubstr("203.0.113.7"));
  // A list that hides the client is that of a proxy as before.
  EXPECT_THAT(get_for("unknown").body, HasSubstr("settings_proxy"));
}

TEST_F(ProxiedTest, BelievesNobodyAfterTheListHasChanged) {
  config.server.trusted_proxies = {"192.0.2.1"};

  EXPECT_THAT(get_for("192.168.0.7").body, HasSubstr("settings_proxy"));
}

/// Some proxies pass on the Connection header of HTTP/1.0, and libsoup then drops what it lists.
TEST_F(ProxiedTest, GivesNoRightsToAClientThatHasTheHeadersOfItsProxyDropped) {
  const auto settings = [this](const std::string& version) {
    RawClient proxy{server->port()};
    proxy.write("GET /api/settings HTTP/" + version +
                "\r\nHost: 127.0.0.1\r\nConnection: close, X-Forwarded-For, X-Forwarded-Proto\r\n"
                "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n");
    EXPECT_TRUE(proxy.wait_for_close());
    return proxy.received();
  };

  EXPECT_THAT(settings("1.0"), HasSubstr("settings_proxy"));
  EXPECT_THAT(settings("1.1"), HasSubstr("203.0.113.7"));

  config.server.trusted_proxies.clear();

  EXPECT_THAT(settings("1.0"), HasSubstr("settings_proxy"));
  EXPECT_THAT(settings("1.1"), HasSubstr("settings_proxy"));
}

TEST_F(ProxiedTest, ChecksBothNamesOfTheServer) {
  const auto status = [&](const std::string& host, const std::string& forwarded) {
    return send({"GET", "/api/cameras", {}, {}, {{"Host", host}, {"X-Forwarded-Host", forwarded}}})
        .status;
  };
  config.server.hosts = {"cameras.example.org"};

  EXPECT_EQ(status("fanlight:8080", "cameras.example.org"), 200);
  EXPECT_EQ(status("evil.example", "cameras.example.org"), 403);
  EXPECT_EQ(status("fanlight:8080", "evil.example"), 403);
}

TEST_F(ProxiedTest, CountsAClientsWebSocketsForTheClient) {
  server.reset();
  limits.sockets = 4;
  start();
  const auto open = [&](const std::string& address) {
    auto browser = std::make_unique<RawClient>(server->port());
    browser->write("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nX-Forwarded-For: " +
                   address + "\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n");
    EXPECT_TRUE(browser->wait_for("\r\n\r\n"));
    return browser;
  };
  std::vector<std::unique_ptr<RawClient>> greedy;
  for (int i = 0; i < 3; ++i) greedy.push_back(open("203.0.113.7"));
  EXPECT_THAT(greedy.back()->received(), StartsWith("HTTP/1.1 101 "));

  EXPECT_THAT(open("203.0.113.7")->received(), HasSubstr("share_websockets"));
  EXPECT_THAT(open("203.0.113.8")->received(), StartsWith("HTTP/1.1 101 "));
}

} // namespace
} // namespace fanlight::test
