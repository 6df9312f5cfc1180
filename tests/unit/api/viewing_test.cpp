#include <gmock/gmock.h>

#include "base/log_limit.h"
#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOffer = "v=0\r\nm=video 9 X 0\r\na=mid:v\r\n";

/// Who may watch, on every way in.
class ViewingTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    start();
  }
  Response ask(const Request& request, const std::string& origin) {
    Request with = request;
    with.headers["Origin"] = origin;
    return send(with);
  }
  static std::vector<Request> ways() {
    return {{"GET", "/api/cameras", {}, {}, {}},
            {"GET", "/api/cameras/front", {}, {}, {}},
            {"GET", "/api/cameras/front/pipeline.dot", {}, {}, {}},
            {"GET", "/api/sessions", {}, {}, {}},
            {"GET", "/health", {}, {}, {}},
            {"GET", "/ready", {}, {}, {}},
            {"GET", "/ws", {}, {}, {}},
            {"OPTIONS", "/whep/front", {}, {}, {}},
            {"POST", "/whep/front", kOffer, "application/sdp", {}},
            {"PATCH", "/whep/front/session-1", {}, {}, {}},
            {"DELETE", "/whep/front/session-1", {}, {}, {}}};
  }
};

TEST_F(ViewingTest, RefusesTheRequestsOfForeignPagesAndSaysWhy) {
  for (const Request& request : ways()) {
    const Response response = ask(request, "https://elsewhere.example");
    EXPECT_EQ(response.status, 403) << request.method << request.path;
    EXPECT_THAT(response.body, HasSubstr("foreign_page"));
    EXPECT_THAT(response.body, HasSubstr("embed.origins:"));
    // So that the page can show why.
    EXPECT_EQ(response.header("access-control-allow-origin"), "https://elsewhere.example");
    EXPECT_EQ(response.header("vary"), "Origin");
  }
  EXPECT_EQ(directory.opened, 0);
}

TEST_F(ViewingTest, LetsAForeignPageAskFirstSoThatItMayReadWhyItIsRefused) {
  for (const char* path : {"/whep/front", "/whep/front/session-1", "/api/cameras"}) {
    const Response preflight = send({"OPTIONS",
                                     path,
                                     {},
                                     {},
                                     {{"Origin", "https://elsewhere.example"},
                                      {"Access-Control-Request-Method", "POST"},
                                      {"Access-Control-Request-Headers", "content-type"}}});
    EXPECT_EQ(preflight.status, 204) << path;
    EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://elsewhere.example");
    EXPECT_THAT(preflight.header("access-control-allow-headers"), HasSubstr("Content-Type"));
  }
}

TEST_F(ViewingTest, TellsTheOperatorInTheLogWhomItRefuses) {
  log::forget_rates();
  testing::internal::CaptureStderr();
  ask({"GET", "/api/cameras", {}, {}, {}}, "https://elsewhere.example");

  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("refusing a page"), HasSubstr("code=foreign_page"),
                    HasSubstr("origin=https://elsewhere.example")));
}

TEST_F(ViewingTest, NamesThePageThatMayAskAndNoOther) {
  config.embed.origins = {"https://intranet.example.org"};
  for (const Request& request : ways()) {
    const Response response = ask(request, "https://intranet.example.org");
    EXPECT_NE(response.status, 403) << request.method << request.path;
    EXPECT_EQ(response.header("access-control-allow-origin"), "https://intranet.example.org");
    EXPECT_EQ(response.header("vary"), "Origin");
    const Response alone = send(request);
    EXPECT_EQ(alone.header("access-control-allow-origin"), "") << request.path;
    EXPECT_EQ(alone.header("vary"), "Origin");
  }
  const Response preflight =
      ask({"OPTIONS", "/api/cameras", {}, {}, {}}, "https://intranet.example.org");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
}

TEST_F(ViewingTest, RefusesANameThatIsNotItsOwn) {
  for (const Request& request : ways()) {
    Request named = request;
    named.headers["Host"] = "evil.example";
    const Response response = send(named);
    EXPECT_EQ(response.status, 403) << request.method << request.path;
    EXPECT_THAT(response.body, HasSubstr("server.hosts: [evil.example]"));
  }
  config.server.hosts = {"evil.example"};
  EXPECT_EQ(send({"GET", "/api/cameras", {}, {}, {{"Host", "evil.example"}}}).status, 200);
}

TEST_F(ViewingTest, RefusesTheWebSocketsOfForeignPages) {
  const auto upgrade = [this](const std::string& origin) {
    RawClient raw{server->port()};
    raw.write("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server->port()) +
              "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
              (origin.empty() ? "" : "Origin: " + origin + "\r\n") + "\r\n");
    raw.wait_for("\r\n\r\n");
    return raw.received().substr(9, 3);
  };
  const std::string own = "http://127.0.0.1:" + std::to_string(server->port());

  EXPECT_EQ(upgrade("https://elsewhere.example"), "403");
  EXPECT_EQ(upgrade("http://127.0.0.1:1"), "403");
  EXPECT_EQ(upgrade("null"), "403");
  EXPECT_EQ(upgrade(own), "101");
  EXPECT_EQ(upgrade(""), "101");
  config.embed.origins = {"https://elsewhere.example"};
  EXPECT_EQ(upgrade("https://elsewhere.example"), "101");
}

TEST_F(ViewingTest, TellsAPageBehindAProxyThatHidesTheHostWhyItGetsNoWebSocket) {
  const std::map<std::string, std::string> own{{"Origin", "https://cameras.example.org"},
                                               {"Sec-Fetch-Site", "same-origin"}};
  EXPECT_EQ(send({"GET", "/api/cameras", {}, {}, own}).status, 200);
  const Response why = send({"POST", "/ws", {}, {}, own});
  EXPECT_EQ(why.status, 403);
  EXPECT_THAT(why.body, HasSubstr("server.hosts: [\\\"cameras.example.org\\\"]"));

  config.server.hosts = {"cameras.example.org"};
  EXPECT_EQ(send({"POST", "/ws", {}, {}, own}).status, 405);
}

TEST_F(ViewingTest, LetsPagesOfAllOriginsLoadFiles) {
  write_file("embed.js", "export const a = 1;\n");
  const Response response = ask({"GET", "/embed.js", {}, {}, {}}, "https://elsewhere.example");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("access-control-allow-origin"), "*");
}

TEST_F(ViewingTest, RepeatsNoNameThatCannotBeAnId) {
  const std::string long_name(65, 'a');
  for (const std::string& name : {std::string{"Front"}, std::string{"a.b"}, std::string{"a%20b"},
                                  std::string{"%3Cb%3E"}, std::string{"%ED%98%84"}, long_name}) {
    for (const Request& request :
         {Request{"GET", "/api/cameras/" + name, {}, {}, {}},
          Request{"GET", "/api/cameras/" + name + "/pipeline.dot", {}, {}, {}},
          Request{"GET", "/api/cameras/" + name + "/settings", {}, {}, {}},
          Request{"DELETE", "/api/cameras/" + name + "/settings", {}, {}, {}},
          Request{"POST",
                  "/api/cameras/test",
                  R"({"camera": "<b>", "url": "rtsp://h/"})",
                  "application/json",
                  {}},
          Request{"POST", "/whep/" + name, kOffer, "application/sdp", {}},
          Request{"DELETE", "/whep/" + name + "/session-1", {}, {}, {}}}) {
      const Response response = send(request);
      EXPECT_EQ(response.status, 404) << request.method << request.path;
      EXPECT_THAT(response.body, HasSubstr("\"detail\":\"there is no such camera\""));
    }
    const Response stream =
        send({"POST", "/whep/front?stream=" + name, kOffer, "application/sdp", {}});
    EXPECT_EQ(stream.status, 404) << name;
    EXPECT_THAT(stream.body, HasSubstr("\"detail\":\"there is no such stream\""));
  }
  for (const Request& request : {Request{"GET", "/api/sessions/%3Cb%3E", {}, {}, {}},
                                 Request{"DELETE", "/whep/front/%3Cb%3E", {}, {}, {}}}) {
    const Response response = send(request);
    EXPECT_EQ(response.status, 404);
    EXPECT_THAT(response.body, HasSubstr("there is no such session"));
  }
  EXPECT_THAT(directory.refreshed, testing::IsEmpty());
  EXPECT_EQ(directory.opened, 0);
}

TEST_F(ViewingTest, RepeatsNoNameThatCannotBeAnIdInAMessage) {
  Page page{client.get(), url("/ws")};
  const auto watch = [&page](const std::string& camera, const std::string& stream) {
    page.send(R"({"type":"watch","session":"s","sdp":"v=0","camera":")" + camera +
              R"(","stream":")" + stream + "\"}");
    return page.next("closed");
  };

  for (const std::string& closed : {watch("<b>", "auto"), watch("", "auto"), watch("<b>", "<b>")}) {
    EXPECT_EQ(text_of(closed, "code"), "unknown_camera");
    EXPECT_EQ(text_of(closed, "message"), "there is no such camera");
  }
  const std::string stream = watch("front", "<b>");
  EXPECT_EQ(text_of(stream, "code"), "unknown_stream");
  EXPECT_EQ(text_of(stream, "message"), "there is no such stream");
  page.send(R"({"type":"watch","session":"s","sdp":"v=0","camera":"front"})");
  page.next("answer");
  page.send(R"({"type":"select","session":"s","stream":"<b>"})");
  EXPECT_EQ(text_of(page.next("error"), "message"), "there is no such stream");
  EXPECT_EQ(directory.opened, 1);
}

} // namespace
} // namespace fanlight::test
