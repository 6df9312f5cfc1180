#include "load/net/http.h"

#include <gmock/gmock.h>

#include "load/signalling/whep.h"

namespace fanlight::load {
namespace {

TEST(ResponseTest, IsWholeWithAsManyBytesAsItSays) {
  const std::string text =
      "HTTP/1.1 201 Created\r\nLocation: /whep/a/1\r\nCONTENT-LENGTH: 4\r\n\r\nv=0\n";

  EXPECT_FALSE(read_response(text.substr(0, 30), false));
  EXPECT_FALSE(read_response(text.substr(0, text.size() - 1), false));
  const auto response = read_response(text + "more", false);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->headers.at("location"), "/whep/a/1");
  EXPECT_EQ(response->body, "v=0\n");
}

TEST(ResponseTest, WithoutALengthEndsWithTheConnection) {
  const std::string text = "HTTP/1.0 200 OK\r\n\r\nbody";

  EXPECT_FALSE(read_response(text, false));
  ASSERT_TRUE(read_response(text, true));
  EXPECT_EQ(read_response(text, true)->body, "body");
}

TEST(ResponseTest, MayComeInChunks) {
  const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nv=0\r\n5;x=y\r\n\r\no=-\r\n0\r\n\r\n";

  EXPECT_FALSE(read_response(text.substr(0, text.size() - 6), false));
  ASSERT_TRUE(read_response(text, false));
  EXPECT_EQ(read_response(text, false)->body, "v=0\r\no=-");
}

TEST(ResponseTest, NeedsNoBodyWhereThereCanBeNone) {
  const auto response = read_response("HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n", false);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 204);
}

TEST(ResponseTest, ThatIsNoneHasStatusZeroAndAReason) {
  for (const char* text :
       {"", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nDa"}) {
    const auto response = read_response(text, true);
    ASSERT_TRUE(response) << text;
    EXPECT_EQ(response->status, 0) << text;
    EXPECT_FALSE(response->body.empty()) << text;
  }
}

TEST(FailureTest, SaysStatusAndDetail) {
  EXPECT_EQ(describe_failure("POST", {.status = 503,
                                      .headers = {},
                                      .body = R"({"code":"busy","detail":"no place left"})"}),
            "POST: 503 no place left");
  EXPECT_EQ(describe_failure("POST", {.status = 404, .headers = {}, .body = "Not found\r\nat all"}),
            "POST: 404 Not found");
  EXPECT_EQ(describe_failure("DELETE", {.status = 0, .headers = {}, .body = "Connection refused"}),
            "DELETE: Connection refused");
}

TEST(UrlTest, HasItsParts) {
  const auto plain = Url::parse("http://localhost/whep/a?b=c");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->host, "localhost");
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->path, "/whep/a?b=c");

  const auto v6 = Url::parse("https://[::1]:8443");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->tls);
  EXPECT_EQ(v6->host, "[::1]");
  EXPECT_EQ(v6->port, 8443);
  EXPECT_EQ(v6->path, "/");
  EXPECT_EQ(Url::parse("https://[::1]/")->port, 443);
}

TEST(UrlTest, RefusesWhatIsNone) {
  for (const char* text : {"", "rtsp://a/b", "http://", "http:///x", "http://a:0/", "http://a:x/",
                           "http://a:70000/", "http://user@a/", "http://a/b c"})
    EXPECT_FALSE(Url::parse(text)) << text;
}

TEST(UrlTest, ResolvesLocations) {
  const Url url = *Url::parse("http://a:8080/whep/cam?x=1");

  EXPECT_EQ(url.resolve("/whep/cam/1")->text(), "http://a:8080/whep/cam/1");
  EXPECT_EQ(url.resolve("cam/1")->text(), "http://a:8080/whep/cam/1");
  EXPECT_EQ(url.resolve("https://b/s")->text(), "https://b:443/s");
  EXPECT_FALSE(url.resolve(""));
}

TEST(AddressTest, KnowsWhatIsPrivate) {
  for (const char* host :
       {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",
        "169.254.1.1", "::1", "fe80::1", "fd00::2", "[::1]", "::ffff:10.0.0.1"})
    EXPECT_TRUE(Address::parse(host, 1)->is_private()) << host;
  for (const char* host : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "11.0.0.1",
                           "0.0.0.0", "2001:db8::1", "::ffff:8.8.8.8"})
    EXPECT_FALSE(Address::parse(host, 1)->is_private()) << host;
  EXPECT_FALSE(Address::parse("localhost", 1));
}

} // namespace
} // namespace fanlight::load
