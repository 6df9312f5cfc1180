#include <gmock/gmock.h>

#include "base/log_limit.h"
#include "settings_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(SettingsTest, TellsAllOfACameraButItsSecrets) {
  const Response front = get("/api/cameras/front/settings");
  EXPECT_EQ(front.status, 200);
  EXPECT_THAT(front.body,
              AllOf(HasSubstr("\"url\":\"rtsp://192.0.2.1/front\""),
                    HasSubstr("\"username\":\"user\",\"has_password\":true"),
                    HasSubstr("\"managed\":false"), HasSubstr("\"line\":7"),
                    HasSubstr("\"latency\":\"100ms\""),
                    HasSubstr("\"webrtc_transport\":\"default\""),
                    HasSubstr("\"codecs\":[\"h265\",\"h264\"]"), Not(HasSubstr("sesame"))));
  const Response all = get("/api/settings");
  EXPECT_EQ(all.status, 200);
  EXPECT_THAT(all.body,
              AllOf(HasSubstr("\"cameras_file\":\"/etc/fanlight/cameras.yaml\""),
                    HasSubstr("token=***"), Not(HasSubstr("hush")), Not(HasSubstr("abc"))));
  EXPECT_EQ(all.header("access-control-allow-origin"), "");
  EXPECT_EQ(get("/api/cameras/cellar/settings").status, 404);
}

TEST_F(SettingsTest, AddsACameraWithDefaultsForWhatIsLeftOut) {
  const Response added =
      json("POST", "/api/cameras", R"({"id": "gate", "url": "rtsp://a%40b:s%2Fx@192.0.2.3/1"})");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.header("location"), "/api/cameras/gate/settings");
  EXPECT_THAT(added.body, AllOf(HasSubstr("\"managed\":true"), Not(HasSubstr("s/x"))));
  ASSERT_EQ(ids(), (std::vector<std::string>{"front", "yard", "gate"}));
  const config::Stream& main = config.cameras[2].streams.at(0);
  EXPECT_EQ(main,
            (config::Stream{.url = "rtsp://192.0.2.3/1", .username = "a@b", .password = "s/x"}));
}

TEST_F(SettingsTest, RefusesWrongKeysEachWithItsName) {
  const Response wrong = json(
      "POST", "/api/cameras",
      R"({"id": "Gate!", "streams": [{"id": "main", "url": "http://192.0.2.3", "latncy": "1s"}]})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.header("content-type"), "application/problem+json");
  EXPECT_THAT(wrong.body, AllOf(HasSubstr("\"code\":\"invalid\""), HasSubstr("\"key\":\"id\""),
                                HasSubstr("\"key\":\"streams[0].url\""),
                                HasSubstr("\"key\":\"streams[0].latncy\""),
                                HasSubstr("did you mean latency?")));
  EXPECT_EQ(json("POST", "/api/cameras", R"({"id": "gate"})").status, 400);
  EXPECT_EQ(json("POST", "/api/cameras", R"({"id": "gate", "url": null})").status, 400);
  EXPECT_EQ(json("POST", "/api/cameras", "[]").status, 400);
  EXPECT_EQ(json("POST", "/api/cameras", "{").status, 400);
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsTest, RefusesAnIdOrAUrlThatAnotherCameraHas) {
  const Response id = json("POST", "/api/cameras", R"({"id": "yard", "url": "rtsp://192.0.2.3"})");
  EXPECT_EQ(id.status, 409);
  EXPECT_THAT(id.body, AllOf(HasSubstr("camera_exists"), HasSubstr("cameras.yaml, line 5")));
  const Response url =
      json("POST", "/api/cameras", R"({"id": "gate", "url": "rtsp://192.0.2.1/front"})");
  EXPECT_EQ(url.status, 400);
  EXPECT_THAT(url.body, HasSubstr("is already a URL of camera front"));
}

TEST_F(SettingsTest, RefusesTwoStreamsOfOneUrlWhateverTheirLogins) {
  const Response twice =
      json("POST", "/api/cameras",
           R"({"id": "gate", "streams": [{"id": "main", "url": "rtsp://a:b@192.0.2.3/"},
                                    {"id": "sub", "url": "rtsp://192.0.2.3/"}]})");
  EXPECT_EQ(twice.status, 400);
  EXPECT_THAT(twice.body, HasSubstr("\"key\":\"streams[1].url\""));
}

TEST_F(SettingsTest, BoundsTheNumberOfCameras) {
  for (int i = 2; config.cameras.size() < limits.cameras; ++i) {
    config::Camera camera;
    camera.id = "c" + std::to_string(i);
    camera.streams = {{.url = "rtsp://192.0.2.9/" + std::to_string(i)}};
    config.cameras.push_back(camera);
  }
  const Response one_more =
      json("POST", "/api/cameras", R"({"id": "gate", "url": "rtsp://192.0.2.3/"})");
  EXPECT_EQ(one_more.status, 409);
  EXPECT_THAT(one_more.body, HasSubstr("too_many"));
}

TEST_F(SettingsTest, KeepsAPasswordThatIsNotSentForTheSameAddressOnly) {
  const Response kept = json("PUT", "/api/cameras/yard/settings",
                             R"({"streams": [{"id": "main", "url": "rtsp://192.0.2.2/other",
                                 "username": "admin", "has_password": true}]})");
  EXPECT_EQ(kept.status, 200) << kept.body;
  EXPECT_THAT(kept.body, HasSubstr("\"change\":\"rebuilt\""));
  EXPECT_EQ(yard().streams.at(0).password, "hush");
  for (const char* url : {"rtsp://203.0.113.1/main", "rtsp://192.0.2.2:555/main",
                          "rtsp://192.0.2.2.evil.example/main", "rtsp://x@203.0.113.1/main",
                          "rtsps://192.0.2.2/main"}) {
    const Response elsewhere =
        json("PUT", "/api/cameras/yard/settings",
             R"({"streams": [{"id": "main", "url": ")" + std::string(url) + "\"}]}");
    EXPECT_EQ(elsewhere.status, 400) << url;
    EXPECT_THAT(elsewhere.body, HasSubstr("streams[0].password")) << url;
  }
  const Response none =
      json("PUT", "/api/cameras/yard/settings",
           R"({"streams": [{"id": "main", "url": "rtsp://203.0.113.1/main", "password": ""}]})");
  EXPECT_EQ(none.status, 200) << none.body;
  EXPECT_EQ(yard().streams.at(0).password, "");
}

TEST_F(SettingsTest, SendsNoPasswordToAHostThatAnotherParserWouldRead) {
  for (const char* url :
       {"rtsp://192.0.2.2#@203.0.113.1/main", "rtsp://192.0.2.2#:@203.0.113.1/"}) {
    const Response hidden =
        json("PUT", "/api/cameras/yard/settings",
             R"({"streams": [{"id": "main", "url": ")" + std::string(url) + "\"}]}");
    EXPECT_EQ(hidden.status, 400) << url;
    EXPECT_THAT(hidden.body, HasSubstr("has # directly after")) << url;
  }
}

TEST_F(SettingsTest, KeepsAPasswordOnlyWhileTheCertificateIsCheckedAsBefore) {
  config::Stream& main = config.cameras.at(1).streams.at(0);
  main.url = "rtsps://192.0.2.2/main";
  const Response weaker = json(
      "PUT", "/api/cameras/yard/settings",
      R"({"streams": [{"id": "main", "url": "rtsps://192.0.2.2/main", "tls_verify": false}]})");
  EXPECT_EQ(weaker.status, 400);
  EXPECT_THAT(weaker.body, HasSubstr("streams[0].password"));

  const Response same = json("PUT", "/api/cameras/yard/settings",
                             R"({"streams": [{"id": "main", "url": "rtsps://192.0.2.2/other"}]})");
  EXPECT_EQ(same.status, 200) << same.body;
  EXPECT_EQ(yard().streams.at(0).password, "hush");
}

TEST_F(SettingsTest, TakesBackWhatItHasShown) {
  const config::Camera before = yard();
  const Response shown = get("/api/cameras/yard/settings");
  const Response same = json("PUT", "/api/cameras/yard/settings", shown.body);
  EXPECT_EQ(same.status, 200) << same.body;
  EXPECT_THAT(same.body, HasSubstr("\"change\":\"none\""));
  EXPECT_EQ(yard(), before);
}

TEST_F(SettingsTest, LogsAChangeOnlyWhereThereIsOne) {
  log::forget_rates();
  testing::internal::CaptureStderr();
  json("PUT", "/api/cameras/yard/settings", get("/api/cameras/yard/settings").body);
  EXPECT_THAT(
      testing::internal::GetCapturedStderr(),
      AllOf(HasSubstr("the request does not change the cameras"), Not(HasSubstr("changed"))));

  testing::internal::CaptureStderr();
  json("PUT", "/api/cameras/order", R"({"ids": ["yard", "front"]})");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("the cameras were changed"));
}

TEST_F(SettingsTest, RefusesToWriteStarsForASecret) {
  const Response stars =
      json("POST", "/api/cameras", R"({"id": "gate", "url": "rtsp://192.0.2.3/?token=***"})");
  EXPECT_EQ(stars.status, 400);
  EXPECT_THAT(stars.body, HasSubstr("enter the real value"));
}

TEST_F(SettingsTest, ReadsNeitherFilesNorTheEnvironmentForAStranger) {
  setenv("FANLIGHT_TEST_SECRET", "hidden", 1);
  const Response named = json("POST", "/api/cameras",
                              R"({"id": "gate", "name": "${FANLIGHT_TEST_SECRET}",
                                  "url": "rtsp://192.0.2.3/\u0024{FANLIGHT_TEST_SECRET}"})");
  unsetenv("FANLIGHT_TEST_SECRET");
  EXPECT_EQ(named.status, 201) << named.body;
  EXPECT_EQ(config.cameras.at(2).name, "${FANLIGHT_TEST_SECRET}");
  EXPECT_EQ(config.cameras.at(2).streams.at(0).url, "rtsp://192.0.2.3/${FANLIGHT_TEST_SECRET}");
  for (const char* key : {"password_file", "tls_ca_file"})
    for (const char* file : {"/etc/passwd", "/nonexistent"}) {
      const std::string pair = '"' + std::string(key) + "\": \"" + file + '"';
      for (const std::string& body :
           {R"({"id": "shed", "url": "rtsp://192.0.2.4/", )" + pair + "}",
            R"({"id": "shed", "streams": [{"id": "main", "url": "rtsp://192.0.2.4/", )" + pair +
                "}]}"}) {
        const Response refused = json("POST", "/api/cameras", body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_THAT(refused.body, AllOf(HasSubstr("names a file on the server"),
                                        Not(HasSubstr("cannot be read"))))
            << body;
      }
    }
}

TEST_F(SettingsTest, ChangesNothingThatPeopleWrote) {
  const Response put =
      json("PUT", "/api/cameras/front/settings", R"({"url": "rtsp://192.0.2.1/front"})");
  EXPECT_EQ(put.status, 409);
  EXPECT_THAT(put.body, AllOf(HasSubstr("\"code\":\"not_managed\""),
                              HasSubstr("/etc/fanlight/fanlight.yaml, line 7")));
  EXPECT_EQ(send({"DELETE", "/api/cameras/front/settings", {}, {}, {}}).status, 409);
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsTest, GivesACameraNoOtherId) {
  const Response renamed = json("PUT", "/api/cameras/yard/settings",
                                R"({"id": "garden", "url": "rtsp://192.0.2.2/main",
                                    "password": "x"})");
  EXPECT_EQ(renamed.status, 400);
  EXPECT_THAT(renamed.body, HasSubstr("\"key\":\"id\""));
  const Response number = json("PUT", "/api/cameras/yard/settings",
                               R"({"id": 7, "url": "rtsp://192.0.2.2/main", "password": "x"})");
  EXPECT_EQ(number.status, 400);
}

TEST_F(SettingsTest, RemovesACamera) {
  EXPECT_EQ(send({"DELETE", "/api/cameras/yard/settings", {}, {}, {}}).status, 204);
  EXPECT_THAT(ids(), ElementsAre("front"));
  EXPECT_EQ(send({"DELETE", "/api/cameras/yard/settings", {}, {}, {}}).status, 404);
}

TEST_F(SettingsTest, PutsAllCamerasInOrderOrNone) {
  const Response ordered = json("PUT", "/api/cameras/order", R"({"ids": ["yard", "front"]})");
  EXPECT_EQ(ordered.status, 200);
  EXPECT_EQ(ordered.body, R"({"ids":["yard","front"]})");
  EXPECT_THAT(ids(), ElementsAre("yard", "front"));
  for (const char* body : {R"({"ids": ["yard"]})", R"({"ids": ["yard", "yard"]})",
                           R"({"ids": ["yard", "front", "front"]})", R"({"ids": ["yard", "cat"]})",
                           R"({"ids": [1, 2]})", R"({"ids": "yard"})", "{}"}) {
    const Response wrong = json("PUT", "/api/cameras/order", body);
    EXPECT_EQ(wrong.status, 400) << body;
    EXPECT_THAT(wrong.body, HasSubstr("bad_order")) << body;
  }
  EXPECT_EQ(store.changes, 1);
}

TEST_F(SettingsTest, TriesAStreamWithThePasswordOfTheCameraItIsOf) {
  const auto answer = std::make_shared<Response>();
  begin({"POST",
         "/api/cameras/test",
         R"({"camera": "yard", "id": "main", "url": "rtsp://192.0.2.2/main", "username": "admin",
             "transport": "udp", "codecs": ["h264"]})",
         "application/json",
         {}},
        answer);
  turn_until([this] { return !directory.pending.empty(); }, "the test to begin");
  const config::Camera& tested = directory.probed.at(0);
  ASSERT_EQ(tested.streams.size(), 1u);
  EXPECT_EQ(tested.streams[0].password, "hush");
  EXPECT_EQ(tested.streams[0].transport, config::RtspTransport::udp);
  EXPECT_EQ(tested.codecs, std::vector{config::VideoCodec::h264});
  cameras::ProbeResult found{
      .ok = true, .reason = {}, .seconds = 1.5, .video = {}, .audio = "PCMU"};
  found.video.push_back({.codec = "H264", .width = 640, .height = 360, .fps = 25});
  directory.pending.at(0)(found);
  turn_until([&answer] { return answer->status != 0; }, "the answer");
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, AllOf(HasSubstr("\"ok\":true"), HasSubstr("\"codec\":\"H264\""),
                                  HasSubstr("\"height\":360"), HasSubstr("\"audio\":\"PCMU\"")));
  const Response wrong = json("POST", "/api/cameras/test", R"({"url": "http://192.0.2.3"})");
  EXPECT_THAT(wrong.body, HasSubstr("\"key\":\"url\""));
  EXPECT_THAT(wrong.body,
              HasSubstr(R"("message_code":"not_rtsp_url","message_values":{"example":)"));
  const Response stolen =
      json("POST", "/api/cameras/test", R"({"camera": "yard", "url": "rtsp://203.0.113.1/main"})");
  EXPECT_EQ(stolen.status, 400);
}

TEST_F(SettingsTest, TriesFewCamerasAtATime) {
  const Request request{
      "POST", "/api/cameras/test", R"({"url": "rtsp://192.0.2.3/"})", "application/json", {}};
  const auto first = std::make_shared<Response>();
  begin(request, first);
  turn_until([this] { return directory.pending.size() == 1; }, "the test to begin");

  EXPECT_EQ(send(request).status, 503);

  directory.pending.at(0)({});
  turn_until([&first] { return first->status != 0; }, "the first to end");
  EXPECT_THAT(first->body, HasSubstr("\"ok\":false"));
  const auto next = std::make_shared<Response>();
  begin(request, next);
  turn_until([this] { return directory.pending.size() == 2; }, "the next to begin");
}

TEST_F(SettingsTest, RefusesStrangersOnEveryRoute) {
  const std::map<std::string, std::string> evil{{"Origin", "http://evil.example"}};
  const std::string gate = R"({"id": "gate", "url": "rtsp://192.0.2.3/"})";
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/api/settings"},
                                                        {"POST", "/api/reload"},
                                                        {"POST", "/api/cameras"},
                                                        {"PATCH", "/api/cameras"},
                                                        {"POST", "/api/cameras/test"},
                                                        {"PUT", "/api/cameras/order"},
                                                        {"GET", "/api/cameras/yard/settings"},
                                                        {"PUT", "/api/cameras/yard/settings"},
                                                        {"DELETE", "/api/cameras/yard/settings"}}) {
    const Response refused = json(method, path, gate, evil);
    EXPECT_EQ(refused.status, 403) << method << path;
    EXPECT_THAT(refused.body, HasSubstr("foreign_page"));
    // Who may show the cameras may not change them.
    config.embed.origins = {"http://evil.example"};
    const Response embedded = json(method, path, gate, evil);
    config.embed.origins.clear();
    EXPECT_EQ(embedded.status, 403) << method << path;
    EXPECT_THAT(embedded.body, HasSubstr("not_allowed"));
    EXPECT_EQ(embedded.header("access-control-allow-origin"), "") << method << path;
  }
  EXPECT_EQ(store.changes, 0);
  config.server.settings = config::Access::none;
  EXPECT_EQ(get("/api/settings").status, 403);
}

TEST_F(SettingsTest, TakesJsonOfABoundedSizeOnly) {
  EXPECT_EQ(send({"POST", "/api/cameras", "{}", "text/plain", {}}).status, 415);
  EXPECT_EQ(send({"POST", "/api/cameras", {}, {}, {}}).status, 415);
  const std::string large =
      R"({"id": "gate", "name": ")" + std::string(limits.settings, 'x') + "\"}";
  EXPECT_EQ(json("POST", "/api/cameras", large).status, 413);
  EXPECT_EQ(json("POST", "/api/cameras", std::string(20, '[') + std::string(20, ']')).status, 400);
  EXPECT_EQ(json("POST", "/api/cameras", "{/* a */}").status, 400);
}

TEST_F(SettingsTest, LetsNoOtherPageAskFirst) {
  config.embed.origins = {"http://evil.example"};
  const Response preflight =
      send({"OPTIONS", "/api/cameras/yard/settings", {}, {}, {{"Origin", "http://evil.example"}}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "");
}

} // namespace
} // namespace fanlight::test
