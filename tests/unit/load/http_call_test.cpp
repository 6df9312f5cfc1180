#include <thread>

#include <gmock/gmock.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/net/http.h"
#include "support/hang_limit.h"

namespace fanlight::load {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Answers connections one after the other, each with the same response, and keeps what was asked.
/// With TLS it shows a certificate that nobody has signed.
class Server {
 public:
  Server(int connections, std::string response, bool tls = false)
      : response_(std::move(response)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const Address any = *Address::parse("127.0.0.1", 0);
    EXPECT_EQ(bind(listener_, any.get(), any.size()), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    address = Address::of_socket(listener_);
    if (tls) make_context();
    thread_ = std::thread([this, connections] {
      for (int i = 0; i < connections; ++i) serve(accept(listener_, nullptr, nullptr));
    });
  }

  ~Server() {
    shutdown(listener_, SHUT_RDWR); // Who waits in accept() does not any more.
    thread_.join();
    close(listener_);
    SSL_CTX_free(context_);
  }

  Address address;
  std::vector<std::string> requests; ///< To be read when their responses have come.

 private:
  void make_context() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, certificate);
    SSL_CTX_use_PrivateKey(context_, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  void serve(int fd) {
    if (fd < 0) return;
    SSL* ssl = context_ != nullptr ? SSL_new(context_) : nullptr;
    if (ssl != nullptr) SSL_set_fd(ssl, fd);
    if (ssl == nullptr || SSL_accept(ssl) == 1) answer(fd, ssl);
    SSL_free(ssl);
    close(fd);
  }

  void answer(int fd, SSL* ssl) {
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == request.npos) {
      const int got = ssl != nullptr ? SSL_read(ssl, buffer, sizeof buffer)
                                     : static_cast<int>(read(fd, buffer, sizeof buffer));
      if (got <= 0) return; // The client has thought better of it.
      request.append(buffer, static_cast<std::size_t>(got));
    }
    requests.push_back(request);
    const int size = static_cast<int>(response_.size());
    const bool sent = ssl != nullptr
                          ? SSL_write(ssl, response_.data(), size) == size
                          : send(fd, response_.data(), response_.size(), MSG_NOSIGNAL) == size;
    EXPECT_TRUE(sent);
  }

  const std::string response_;
  int listener_;
  SSL_CTX* context_ = nullptr;
  std::thread thread_;
};

class HttpCallTest : public testing::Test {
 protected:
  static constexpr const char* kCreated = "HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nv=0";

  static HttpRequest post(const Address& server, bool tls = false) {
    return {.method = "POST",
            .url = {.tls = tls, .host = "127.0.0.1", .port = server.port(), .path = "/whep/a"},
            .server = server,
            .content_type = "application/sdp",
            .body = "offer"};
  }

  /// The responses to as many calls, made at once.
  std::vector<HttpResponse> call(const Http::Options& options, const HttpRequest& request,
                                 std::size_t count = 1) {
    Http http{loop_, options};
    std::vector<HttpResponse> responses;
    std::vector<std::unique_ptr<HttpCall>> calls;
    for (std::size_t i = 0; i < count; ++i)
      calls.push_back(http.call(request, [&](HttpResponse response) {
        responses.push_back(std::move(response));
        if (responses.size() == count) loop_.stop();
      }));
    watchdog_.start(Clock::now() + test::kHangLimit);
    loop_.run();
    return responses;
  }

  Loop loop_;
  Timer watchdog_{loop_, [this] {
                    ADD_FAILURE() << "there was no response";
                    loop_.stop();
                  }};
};

TEST_F(HttpCallTest, PostsAnOfferAndTakesTheAnswer) {
  Server server{1, kCreated};

  const auto responses = call({}, post(server.address));

  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 201);
  EXPECT_EQ(responses[0].body, "v=0");
  ASSERT_EQ(server.requests.size(), 1U);
  EXPECT_THAT(server.requests[0], testing::StartsWith("POST /whep/a HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(server.requests[0], HasSubstr("Content-Type: application/sdp\r\n"));
  EXPECT_THAT(server.requests[0], HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(server.requests[0], Not(HasSubstr("Authorization")));
}

TEST_F(HttpCallTest, ShowsItsToken) {
  Server server{1, kCreated};

  call({.token = "secret"}, post(server.address));

  ASSERT_EQ(server.requests.size(), 1U);
  EXPECT_THAT(server.requests[0], HasSubstr("\r\nAuthorization: Bearer secret\r\n"));
}

TEST_F(HttpCallTest, WaitsForItsTurn) {
  Server server{5, kCreated};

  const auto responses = call({.most = 1}, post(server.address), 5);

  ASSERT_EQ(responses.size(), 5U);
  for (const HttpResponse& response : responses) EXPECT_EQ(response.status, 201);
}

TEST_F(HttpCallTest, SaysWhyThereIsNoResponse) {
  Address closed;
  {
    const Server server{0, ""};
    closed = server.address;
  }

  const auto responses = call({}, post(closed));

  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 0);
  EXPECT_EQ(responses[0].body, "Connection refused");
}

TEST_F(HttpCallTest, MakesRoomWhenItIsGivenUp) {
  Server server{2, kCreated}; // It may meet the one that was given up, too.
  Http http{loop_, {.most = 1}};
  HttpResponse last;
  const auto never = [](const HttpResponse&) { ADD_FAILURE() << "it was given up"; };
  auto running = http.call(post(server.address), never);
  auto waiting = http.call(post(server.address), never);
  const auto wanted = http.call(post(server.address), [&](HttpResponse response) {
    last = std::move(response);
    loop_.stop();
  });
  waiting.reset();
  running.reset();
  watchdog_.start(Clock::now() + test::kHangLimit);
  loop_.run();

  EXPECT_EQ(last.status, 201) << last.body;
  EXPECT_EQ(server.requests.size(), 1U);
}

TEST_F(HttpCallTest, SpeaksTlsToWhomItNeedNotTrust) {
  Server server{1, kCreated, true};

  const auto responses = call({.insecure = true}, post(server.address, true));

  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 201) << responses[0].body;
  EXPECT_EQ(responses[0].body, "v=0");
}

TEST_F(HttpCallTest, TellsNothingToAServerWhoseCertificateNobodySigned) {
  Server server{1, kCreated, true};

  const auto responses = call({.token = "secret"}, post(server.address, true));

  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].status, 0);
  EXPECT_THAT(responses[0].body, HasSubstr("certificate"));
  EXPECT_TRUE(server.requests.empty());
}

} // namespace
} // namespace fanlight::load
