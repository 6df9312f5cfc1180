#include <gmock/gmock.h>

#include "whep_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(WhepTest, SaysWhereTheSessionIsByAnAbsolutePath) {
  start();
  const auto location_at = [this](const std::string& path) {
    return send({"POST", path, kPlayersOffer, "application/sdp", {}}).header("location");
  };

  EXPECT_EQ(location_at("/whep/front?stream=auto"), "/whep/front/session-1");
  EXPECT_EQ(location_at("/whep/front/"), "/whep/front/session-2");
  EXPECT_EQ(location_at("/whep/%66ront"), "/whep/front/session-3");
}

TEST_F(WhepTest, PutsThePrefixThatAProxyHasTakenOffBeforeIt) {
  start();
  const auto location_with = [this](const std::string& prefix) {
    const std::string location = send({"POST",
                                       "/whep/front",
                                       kPlayersOffer,
                                       "application/sdp",
                                       {{"X-Forwarded-Prefix", prefix}}})
                                     .header("location");
    return location.substr(0, location.rfind("/session-"));
  };

  EXPECT_EQ(location_with("/cams"), "/cams/whep/front");
  EXPECT_EQ(location_with("/site/cams-1/"), "/site/cams-1/whep/front");
  EXPECT_EQ(location_with("/"), "/whep/front");
  for (const std::string& other :
       {std::string{"//evil.example"}, std::string{"https://evil.example"}, std::string{"/a/../b"},
        std::string{"/a b"}, std::string{"cams"}, std::string{"/a\"b"},
        "/" + std::string(300, 'a')})
    EXPECT_EQ(location_with(other), "/whep/front") << other;
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
  EXPECT_EQ(session->offers.front(), kPlayersOffer);
  EXPECT_EQ(session->options.signalling, "whep");
  EXPECT_EQ(session->options.remote_address, "127.0.0.1");
  EXPECT_TRUE(session->options.complete_answer);
}

TEST_F(WhepTest, TakesFromItsQueryWhichStreamAViewerWants) {
  start();
  const auto preference_of = [this](const std::string& query) {
    EXPECT_EQ(send({"POST", "/whep/front" + query, kPlayersOffer, "application/sdp", {}}).status,
              201);
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
  EXPECT_EQ(
      send({"POST", "/whep/front", kPlayersOffer, "Application/SDP; charset=utf-8", {}}).status,
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

  const Response wrong_type = send({"POST", "/whep/front", kPlayersOffer, "application/json", {}});
  EXPECT_EQ(wrong_type.status, 415);
  EXPECT_EQ(wrong_type.header("accept-post"), "application/sdp");
  EXPECT_EQ(send({"POST", "/whep/front", {}, {}, {}}).status, 415);
  EXPECT_EQ(send({"POST", "/whep/front", {}, "application/sdp", {}}).status, 400);
  EXPECT_EQ(post(kPlayersOffer, "back").status, 404);
  EXPECT_EQ(post(kPlayersOffer, "").status, 404);
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
    begin({"POST", "/whep/front", kPlayersOffer, "application/sdp", {}}, response);
    turn_until([&] { return directory.last() != nullptr; }, "the session");
    EXPECT_EQ(response->status, 0);

    directory.end(*directory.last(), {code, {"test"_reason, "the camera sleeps"}});
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
  begin({"POST", "/whep/front", kPlayersOffer, "application/sdp", {}}, response, cancel.get());
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
  begin({"POST", "/whep/front", kPlayersOffer, "application/sdp", {}}, waiting);

  EXPECT_EQ(get("/api/cameras").status, 200);

  directory.last()->answer("v=0\r\n");
  turn_until([&] { return waiting->status != 0; }, "the answer");
  EXPECT_EQ(waiting->status, 201);
}

TEST_F(WhepTest, EndsASessionByDelete) {
  start();
  const std::string location = post().session();

  EXPECT_EQ(send({"DELETE", location, {}, {}, {}}).status, 200);

  turn_until([&] { return directory.live.empty(); }, "the session to end");
  EXPECT_EQ(patch(location, kTrickle, "*").status, 404);
}

TEST_F(WhepTest, TakesADeleteOfASessionThatHasJustEnded) {
  start();
  const std::string first = post().session();
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(send({"DELETE", first, {}, {}, {}}).status, 200);
    turn_until([&] { return directory.live.empty(); }, "the session to end");
    post();
    directory.end(*directory.last(), {"connection_failed", {"test"_reason, "gone"}});
    turn_until([&] { return directory.live.empty(); }, "another to end");
  }

  EXPECT_EQ(send({"DELETE", "/whep/front/session-257", {}, {}, {}}).status, 200);
  EXPECT_EQ(send({"DELETE", "/whep/yard/session-257", {}, {}, {}}).status, 404);
  EXPECT_EQ(send({"DELETE", first, {}, {}, {}}).status, 404) << "too long ago";
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

  directory.end(*directory.last(), {"connection_failed", {"test"_reason, "gone"}});

  EXPECT_EQ(patch(location, kTrickle, "*").status, 404);
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
  EXPECT_EQ(send({"POST", "/whep/front/x", kPlayersOffer, "application/sdp", {}}).status, 405);
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

  server->drain({Errc::unavailable, "the server is being updated"});
  const Response response = post();

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.header("retry-after"), "5");
  EXPECT_THAT(response.body, HasSubstr("being updated"));
  EXPECT_EQ(send({"DELETE", location, {}, {}, {}}).status, 200);
}

} // namespace
} // namespace fanlight::test
