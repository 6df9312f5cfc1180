#include <gmock/gmock.h>

#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kFragment = "application/trickle-ice-sdpfrag";
const std::string kOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                           "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=ice-ufrag:abcd\r\n"
                           "a=ice-pwd:0123456789012345678901\r\n"
                           "a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n"
                           "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=ice-ufrag:abcd\r\n"
                           "a=ice-pwd:0123456789012345678901\r\n";
const std::string kTrickle =
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\n"
    "a=mid:v\r\na=candidate:2 1 udp 1 192.0.2.1 7 typ host\r\n";
const std::string kRestart =
    "a=ice-ufrag:efgh\r\na=ice-pwd:mnopqrstuvmnopqrstuvmn\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\n"
    "a=mid:v\r\na=candidate:3 1 udp 1 192.0.2.2 7 typ host\r\n";

class WhepTest : public ServerTest {
 protected:
  /// A page that may watch.
  static constexpr const char* kPage = "https://intranet.example.org";

  WhepTest() { config.embed.origins = {kPage}; }
  Response post(const std::string& offer = kOffer, const std::string& camera = "front") {
    return send({"POST", "/whep/" + camera, offer, "application/sdp", {{"Origin", kPage}}});
  }
  Response patch(const std::string& location, const std::string& body, const std::string& if_match,
                 const std::string& type = kFragment) {
    std::map<std::string, std::string> headers;
    if (!if_match.empty()) headers["If-Match"] = if_match;
    return send({"PATCH", location, body, type, headers});
  }
};

TEST_F(WhepTest, SaysWhereTheSessionIsAlsoBehindAProxyThatTakesAPrefixOff) {
  start();
  const auto resolve = [](const std::string& asked, const Response& response) {
    return http::take_text(g_uri_resolve_relative(
        asked.c_str(), response.header("location").c_str(), G_URI_FLAGS_NONE, nullptr));
  };
  const auto post_to = [this](const std::string& path) {
    return send({"POST", path, kOffer, "application/sdp", {}});
  };

  EXPECT_EQ(resolve("https://h/cams/whep/front?stream=auto", post_to("/whep/front?stream=auto")),
            "https://h/cams/whep/front/session-1");
  EXPECT_EQ(resolve("https://h/cams/whep/front/", post_to("/whep/front/")),
            "https://h/cams/whep/front/session-2");
  EXPECT_EQ(resolve("https://h/cams/whep/%66ront", post_to("/whep/%66ront")),
            "https://h/cams/whep/front/session-3");
}

TEST_F(WhepTest, AnswersAnOfferWithAResource) {
  start();

  const Response response = post();

  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.header("content-type"), "application/sdp");
  EXPECT_EQ(response.session(), "/whep/front/session-1");
  EXPECT_THAT(response.header("etag"), StartsWith("\""));
  EXPECT_EQ(response.header("access-control-allow-origin"), kPage);
  EXPECT_THAT(response.header("access-control-expose-headers"), HasSubstr("Location, ETag, Link"));
  EXPECT_EQ(response.body, directory.answer);
  const auto session = directory.last();
  EXPECT_EQ(session->offers.front(), kOffer);
  EXPECT_EQ(session->options.signalling, "whep");
  EXPECT_EQ(session->options.remote_address, "127.0.0.1");
  EXPECT_TRUE(session->options.complete_answer);
}

TEST_F(WhepTest, TakesFromItsQueryWhichStreamAViewerWants) {
  start();
  const auto preference_of = [this](const std::string& query) {
    EXPECT_EQ(send({"POST", "/whep/front" + query, kOffer, "application/sdp", {}}).status, 201);
    return directory.last()->options.preference;
  };

  EXPECT_EQ(preference_of("").stream, "auto");
  EXPECT_EQ(preference_of("?stream=sub").stream, "sub");
  const session::StreamPreference preference = preference_of("?stream=auto&width=640&height=360");
  EXPECT_EQ(preference.width, 640);
  EXPECT_EQ(preference.height, 360);
  for (const char* height : {"-1", "0", "99999999999", "1.5", "x", ""})
    EXPECT_EQ(preference_of(std::string{"?height="} + height).height, 0) << height;
}

TEST_F(WhepTest, ReadsTheTypeOfAnOfferWithItsParameters) {
  start();
  EXPECT_EQ(send({"POST", "/whep/front", kOffer, "Application/SDP; charset=utf-8", {}}).status,
            201);
}

TEST_F(WhepTest, NamesTheIceServersForBrowsers) {
  config.webrtc.ice_servers = {{{"turn:inside.example"}, "own", "secret"}};
  config.webrtc.browser_ice_servers = {
      {{"stun:stun.example:3478"}, "", ""},
      {{"turn:turn.example?transport=udp", "turns:turn.example"}, "us\"er", "pass"},
      {.urls = {"turn:b.example"}, .username = "", .credential = "", .secret = "north"}};
  start();

  const std::string links = post().header("link");

  EXPECT_THAT(links, HasSubstr("<stun:stun.example:3478>; rel=\"ice-server\""));
  EXPECT_THAT(links, HasSubstr("<turns:turn.example>; rel=\"ice-server\"; username=\"us\\\"er\"; "
                               "credential=\"pass\"; credential-type=\"password\""));
  EXPECT_THAT(links, HasSubstr(":84097828fc31a8c8\"; credential=\""));
  EXPECT_THAT(links, Not(HasSubstr("north")));
  EXPECT_THAT(links, Not(HasSubstr("inside.example")));
}

TEST_F(WhepTest, RefusesWhatIsNotAnOffer) {
  start();

  const Response wrong_type = send({"POST", "/whep/front", kOffer, "application/json", {}});
  EXPECT_EQ(wrong_type.status, 415);
  EXPECT_EQ(wrong_type.header("accept-post"), "application/sdp");
  EXPECT_EQ(send({"POST", "/whep/front", {}, {}, {}}).status, 415);
  EXPECT_EQ(send({"POST", "/whep/front", {}, "application/sdp", {}}).status, 400);
  EXPECT_EQ(post(kOffer, "back").status, 404);
  EXPECT_EQ(post(kOffer, "").status, 404);
  EXPECT_EQ(directory.opened, 0);
}

TEST_F(WhepTest, SaysWhyASessionCannotBeOpened) {
  start();
  const auto status_of = [&](Errc code) {
    directory.open_error = Error{code, "because"};
    return post();
  };

  EXPECT_EQ(status_of(Errc::invalid).status, 400);
  EXPECT_EQ(status_of(Errc::not_found).status, 404);
  const Response stream = status_of(Errc::no_stream);
  EXPECT_EQ(stream.status, 404);
  EXPECT_THAT(stream.body, HasSubstr("\"code\":\"unknown_stream\""));
  const Response codec = status_of(Errc::unsupported);
  EXPECT_EQ(codec.status, 406);
  EXPECT_EQ(codec.header("content-type"), "application/problem+json");
  EXPECT_THAT(codec.body, HasSubstr("\"code\":\"no_common_codec\""));
  EXPECT_THAT(codec.body, HasSubstr("\"detail\":\"because\""));
  const Response busy = status_of(Errc::busy);
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.header("retry-after"), "5");
  EXPECT_EQ(busy.header("access-control-allow-origin"), kPage);
  EXPECT_EQ(status_of(Errc::unavailable).status, 503);
  EXPECT_EQ(status_of(Errc::internal).status, 500);
}

TEST_F(WhepTest, SaysWhyASessionEndedBeforeItsAnswer) {
  directory.answer.clear();
  start();
  const std::vector<std::pair<const char*, int>> cases{
      {"camera_unavailable", 503}, {"no_common_codec", 406}, {"camera_removed", 404},
      {"camera_changed", 503},     {"shutting_down", 503},   {"internal", 500}};
  for (const auto& [code, status] : cases) {
    const auto response = std::make_shared<Response>();
    begin({"POST", "/whep/front", kOffer, "application/sdp", {}}, response);
    turn_until([&] { return directory.last() != nullptr; }, "the session");
    EXPECT_EQ(response->status, 0);

    directory.end(*directory.last(), {code, "the camera sleeps"});
    turn_until([&] { return response->status != 0; }, "the response");

    EXPECT_EQ(response->status, status) << code;
    EXPECT_THAT(response->body, HasSubstr("the camera sleeps"));
    EXPECT_EQ(response->header("retry-after"), status == 503 ? "5" : "");
  }
}

TEST_F(WhepTest, EndsTheSessionOfAClientThatDoesNotWait) {
  directory.answer.clear();
  start();
  const auto response = std::make_shared<Response>();
  const http::Owned<GCancellable> cancel{g_cancellable_new()};
  begin({"POST", "/whep/front", kOffer, "application/sdp", {}}, response, cancel.get());
  turn_until([&] { return directory.last() != nullptr; }, "the session");

  g_cancellable_cancel(cancel.get());
  turn_until([&] { return directory.live.empty(); }, "the session to end");

  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(WhepTest, GivesUpASessionThatIsNeverAnswered) {
  limits.answer = std::chrono::milliseconds{50};
  directory.answer.clear();
  start();

  const Response response = post();

  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(directory.live.empty());
}

TEST_F(WhepTest, KeepsServingOthersWhileAnOfferWaits) {
  directory.answer.clear();
  start();
  const auto waiting = std::make_shared<Response>();
  begin({"POST", "/whep/front", kOffer, "application/sdp", {}}, waiting);

  EXPECT_EQ(get("/api/cameras").status, 200);

  directory.last()->answer("v=0\r\n");
  turn_until([&] { return waiting->status != 0; }, "the answer");
  EXPECT_EQ(waiting->status, 201);
}

TEST_F(WhepTest, TricklesCandidatesToTheMediaTheyName) {
  start();
  const Response opened = post();

  const Response response = patch(opened.session(), kTrickle, opened.header("etag"));

  EXPECT_EQ(response.status, 204);
  const auto& candidates = directory.last()->candidates;
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].mline_index, 1u);
  EXPECT_EQ(candidates[0].candidate, "candidate:2 1 udp 1 192.0.2.1 7 typ host");
}

TEST_F(WhepTest, TricklesTheEndOfCandidates) {
  start();
  const Response opened = post();

  patch(opened.session(), kTrickle + "a=end-of-candidates\r\n", opened.header("etag"));

  ASSERT_EQ(directory.last()->candidates.size(), 2u);
  EXPECT_EQ(directory.last()->candidates[1].candidate, "");
}

TEST_F(WhepTest, TakesAStarWithTheSameCredentialsForATrickle) {
  start();
  const Response opened = post();

  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 204);
  EXPECT_EQ(directory.last()->offers.size(), 1u);
}

TEST_F(WhepTest, RestartsIceByNewCredentials) {
  directory.restart_answer =
      "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=ice-ufrag:srv2\r\n"
      "a=ice-pwd:srvsrvsrvsrvsrvsrvsrv2\r\na=candidate:9 1 udp 1 192.0.2.50 5 typ host\r\n";
  start();
  const Response opened = post();

  const Response response = patch(opened.session(), kRestart, "*");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), kFragment);
  EXPECT_THAT(response.body, HasSubstr("a=ice-ufrag:srv2\r\n"));
  EXPECT_THAT(response.body, HasSubstr("a=candidate:9 1 udp 1 192.0.2.50 5 typ host\r\n"));
  EXPECT_NE(response.header("etag"), opened.header("etag"));
  EXPECT_FALSE(response.header("etag").empty());
  const std::string& offer = directory.last()->offers.back();
  EXPECT_THAT(offer, HasSubstr("a=ice-ufrag:efgh\r\n"));
  EXPECT_THAT(offer, Not(HasSubstr("abcd")));
  EXPECT_THAT(offer, Not(HasSubstr("192.0.2.9")));
  EXPECT_GT(offer.find("a=candidate:3"), offer.find("m=video"));
  EXPECT_EQ(patch(opened.session(), kTrickle, opened.header("etag")).status, 412);
}

TEST_F(WhepTest, SaysThatARestartCannotBe) {
  start();
  const Response opened = post();
  directory.last()->restart_error = Error{Errc::invalid, "no"};

  EXPECT_EQ(patch(opened.session(), kRestart, "*").status, 400);
}

TEST_F(WhepTest, DoesOneRestartAtATime) {
  start();
  const Response opened = post();
  directory.last()->answer_restarts = false;
  const auto first = std::make_shared<Response>();
  begin({"PATCH", opened.session(), kRestart, kFragment, {{"If-Match", "*"}}}, first);
  turn_until([&] { return directory.last()->offers.size() == 2; }, "the restart");

  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 503);

  directory.last()->answer("v=0\r\na=ice-ufrag:x\r\n");
  turn_until([&] { return first->status != 0; }, "the first");
  EXPECT_EQ(first->status, 200);
}

TEST_F(WhepTest, AsksForTheETag) {
  start();
  const Response opened = post();
  const std::string location = opened.session();

  EXPECT_EQ(patch(location, kTrickle, "").status, 428);
  EXPECT_EQ(patch(location, kTrickle, "\"other\"").status, 412);
  EXPECT_EQ(patch(location, kTrickle, "\"other\", " + opened.header("etag")).status, 204);
}

TEST_F(WhepTest, RefusesAFragmentThatIsNone) {
  start();
  const Response opened = post();
  const std::string location = opened.session();

  EXPECT_EQ(patch(location, kTrickle, "*", "application/sdp").status, 415);
  EXPECT_EQ(patch(location, "hello", "*").status, 400);
  EXPECT_EQ(patch(location, kTrickle + std::string(70'000, 'x'), "*").status, 413);
}

TEST_F(WhepTest, BoundsTheCandidates) {
  limits.candidates_per_session = 2;
  start();
  const Response opened = post();
  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 204);
  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 204);
  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 400);
  EXPECT_EQ(directory.last()->candidates.size(), 2u);
}

TEST_F(WhepTest, EndsASessionByDelete) {
  start();
  const std::string location = post().session();

  EXPECT_EQ(send({"DELETE", location, {}, {}, {}}).status, 200);

  turn_until([&] { return directory.live.empty(); }, "the session to end");
  EXPECT_EQ(send({"DELETE", location, {}, {}, {}}).status, 404);
  EXPECT_EQ(patch(location, kTrickle, "*").status, 404);
}

TEST_F(WhepTest, FindsASessionOnlyUnderItsCamera) {
  start();
  post();

  EXPECT_EQ(send({"DELETE", "/whep/yard/session-1", {}, {}, {}}).status, 404);
  EXPECT_EQ(send({"DELETE", "/whep/front/session-2", {}, {}, {}}).status, 404);
  EXPECT_EQ(directory.live.size(), 1u);
}

TEST_F(WhepTest, ForgetsASessionThatEndsByItself) {
  start();
  const std::string location = post().session();

  directory.end(*directory.last(), {"connection_failed", "gone"});

  EXPECT_EQ(send({"DELETE", location, {}, {}, {}}).status, 404);
}

TEST_F(WhepTest, TellsOptionsAndWrongMethods) {
  start();
  const Response endpoint = send({"OPTIONS", "/whep/front", {}, {}, {}});
  EXPECT_EQ(endpoint.status, 204);
  EXPECT_EQ(endpoint.header("accept-post"), "application/sdp");
  EXPECT_EQ(endpoint.header("access-control-allow-methods"), "POST, OPTIONS");
  EXPECT_THAT(endpoint.header("access-control-allow-headers"), HasSubstr("If-Match"));
  const Response resource = send({"OPTIONS", "/whep/front/x", {}, {}, {}});
  EXPECT_EQ(resource.header("access-control-allow-methods"), "PATCH, DELETE, OPTIONS");

  for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
    const Response response = send({method, "/whep/front", {}, {}, {}});
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.header("allow"), "POST, OPTIONS");
  }
  EXPECT_EQ(send({"GET", "/whep/front/x", {}, {}, {}}).status, 405);
  EXPECT_EQ(send({"POST", "/whep/front/x", kOffer, "application/sdp", {}}).status, 405);
  EXPECT_EQ(get("/whep").status, 404);
  EXPECT_EQ(get("/whep/a/b/c").status, 404);
}

TEST_F(WhepTest, RefusesAnOfferThatIsTooLarge) {
  start();

  const Response response = post(std::string(300 * 1024, 'v'));

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  EXPECT_EQ(directory.opened, 0);
}

TEST_F(WhepTest, TakesNoNewSessionsWhileItDrains) {
  start();
  const std::string location = post().session();

  server->drain("the server is being updated");
  const Response response = post();

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.header("retry-after"), "5");
  EXPECT_THAT(response.body, HasSubstr("being updated"));
  EXPECT_EQ(send({"DELETE", location, {}, {}, {}}).status, 200);
}

} // namespace
} // namespace fanlight::test
