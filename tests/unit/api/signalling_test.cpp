#include <gmock/gmock.h>

#include "http/fingerprint.h"
#include "signalling_fixture.h"
#include "support/driven_clock.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(SignallingTest, SaysHelloWithCamerasAndOpenIceServers) {
  config.webrtc.browser_ice_servers = {{{"stun:stun.example"}, "", ""}};
  start();
  const auto page = open();

  const std::string hello = page->next("hello");

  EXPECT_THAT(hello, HasSubstr("\"version\":\""));
  EXPECT_THAT(hello, HasSubstr(R"({"urls":["stun:stun.example"]})"));
  EXPECT_THAT(hello, HasSubstr("\"more_ice_servers\":false"));
  EXPECT_THAT(hello, HasSubstr("\"id\":\"front\""));
}

TEST_F(SignallingTest, TellsPagesWhichPageTheServerHas) {
  write_file("app/wall.js", "1");
  const std::string version = http::fingerprint_of(folder / "web");
  start();

  EXPECT_EQ(text_of(open()->next("hello"), "page_version"), version);
  EXPECT_FALSE(version.empty());
}

TEST_F(SignallingTest, TellsCredentialsWithTheAnswerToAnOfferOnly) {
  config.webrtc.browser_ice_servers = {
      {{"stun:stun.example"}, "", ""},
      {{"turn:turn.example"}, "user", "pass"},
      {.urls = {"turn:b.example"}, .username = "", .credential = "", .secret = "north"}};
  start();
  const auto page = open();

  const std::string hello = page->next("hello");
  page->send(watch("tile1"));
  const std::string answer = page->next("answer");

  EXPECT_THAT(hello, HasSubstr("\"ice_servers\":[{\"urls\":[\"stun:stun.example\"]}]"));
  EXPECT_THAT(hello, HasSubstr("\"more_ice_servers\":true"));
  for (const char* secret : {"pass", "north", "turn.example"})
    EXPECT_THAT(hello, Not(HasSubstr(secret)));
  EXPECT_THAT(answer, HasSubstr(R"({"urls":["stun:stun.example"]})"));
  EXPECT_THAT(answer, HasSubstr(R"("username":"user","credential":"pass")"));
  EXPECT_THAT(answer, HasSubstr(":84097828fc31a8c8\",\"credential\":\""));
  EXPECT_THAT(answer, Not(HasSubstr("north")));
}

TEST_F(SignallingTest, ReadsStrictJsonOnlyAndLivesOn) {
  start();
  const auto page = open();

  for (const char* text :
       {"{/* a */}", "{'type':'list'}", R"({"type":"list",})", R"({"type":"list","type":"list"})",
        "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"}) {
    page->send(text);
    const std::string error = page->next("error");
    EXPECT_EQ(text_of(error, "code"), "bad_message") << text;
    EXPECT_THAT(text_of(error, "message"), HasSubstr("not JSON: byte ")) << text;
  }

  page->send(R"({"type":"list"})");
  EXPECT_THAT(page->next("cameras"), HasSubstr("\"id\":\"front\""));
}

TEST_F(SignallingTest, ListsCameras) {
  start();
  const auto page = open();
  page->send(R"({"type":"list"})");
  EXPECT_THAT(page->next("cameras"), HasSubstr("\"id\":\"yard\""));
}

TEST_F(SignallingTest, AnswersAWatch) {
  start();
  const auto page = open();

  page->send(watch("tile1"));
  const std::string answer = page->next("answer");

  EXPECT_EQ(text_of(answer, "session"), "tile1");
  EXPECT_EQ(text_of(answer, "sdp"), directory.answer);
  EXPECT_EQ(text_of(answer, "id"), "session-1");
  EXPECT_EQ(text_of(answer, "transport"), "fanout");
  EXPECT_EQ(text_of(answer, "video_codec"), "H264");
  EXPECT_EQ(text_of(answer, "audio_codec"), "OPUS");
  EXPECT_EQ(text_of(answer, "codec_reason"), "the only common one");
  EXPECT_EQ(directory.last()->options.signalling, "websocket");
  EXPECT_FALSE(directory.last()->options.complete_answer);
  EXPECT_THAT(directory.last()->offers.front(), HasSubstr("a=mid:a\r\n"));
}

TEST_F(SignallingTest, CarriesManySessionsOnOneSocket) {
  start();
  const auto page = open();
  for (const char* name : {"a", "b", "c"}) page->send(watch(name));
  for (const char* name : {"a", "b", "c"})
    EXPECT_EQ(text_of(page->next("answer"), "session"), name);

  page->send(R"({"type":"stop","session":"b"})");

  const std::string closed = page->next("closed");
  EXPECT_EQ(text_of(closed, "session"), "b");
  EXPECT_EQ(text_of(closed, "code"), "stopped");
  EXPECT_EQ(directory.live.size(), 2u);
}

TEST_F(SignallingTest, FreesTheNameOfAClosedSession) {
  start();
  const auto page = open();
  page->send(watch("tile"));
  page->next("answer");
  page->send(R"({"type":"stop","session":"tile"})");
  page->next("closed");
  page->send(watch("tile"));
  EXPECT_EQ(text_of(page->next("answer"), "id"), "session-2");
}

TEST_F(SignallingTest, TellsSessionStatesAndTheEnd) {
  start();
  const auto page = open();
  page->send(watch("tile"));
  page->next("answer");
  const auto session = directory.last();

  session->notify([&](auto& o) {
    o.on_state(*session, session::State::waiting, {"test"_reason, "for the camera"});
  });
  const std::string state = page->next("session");
  EXPECT_EQ(text_of(state, "state"), "waiting");
  EXPECT_EQ(text_of(state, "message"), "for the camera");

  directory.end(*session, {"camera_removed", {"gone"_reason, "it is {what}", {{"what", "gone"}}}});
  const std::string closed = page->next("closed");
  EXPECT_EQ(text_of(closed, "code"), "camera_removed");
  EXPECT_EQ(text_of(closed, "message"), "it is gone");
  EXPECT_THAT(state, HasSubstr(R"("message_code":"test"})"));
  EXPECT_THAT(closed, HasSubstr(R"("message_code":"gone","message_values":{"what":"gone"}})"));
}

TEST_F(SignallingTest, TricklesCandidatesBothWays) {
  start();
  const auto page = open();
  page->send(watch("tile"));
  page->next("answer");
  const auto session = directory.last();

  page->send(R"({"type":"candidate","session":"tile","candidate":
                 {"candidate":"candidate:1 1 udp 1 192.0.2.1 9 typ host","sdpMLineIndex":1}})");
  page->send(R"({"type":"candidate","session":"tile","candidate":
                 {"candidate":"candidate:2 1 udp 1 192.0.2.1 9 typ host","sdpMid":"v"}})");
  page->send(R"({"type":"candidate","session":"tile","candidate":null})");
  turn_until([&] { return session->candidates.size() == 3; }, "the candidates");
  EXPECT_EQ(session->candidates[0].mline_index, 1u);
  EXPECT_EQ(session->candidates[1].mline_index, 1u);
  EXPECT_EQ(session->candidates[2].candidate, "");

  session->notify([&](auto& o) { o.on_candidate(*session, {1, "candidate:7 1 udp"}); });
  const std::string candidate = page->next("candidate");
  EXPECT_THAT(candidate, HasSubstr("\"candidate\":\"candidate:7 1 udp\""));
  EXPECT_THAT(candidate, HasSubstr("\"sdpMLineIndex\":1"));
  EXPECT_THAT(candidate, HasSubstr("\"sdpMid\":\"v\""));
  session->notify([&](auto& o) { o.on_candidate(*session, {0, ""}); });
  EXPECT_THAT(page->next("candidate"), HasSubstr("\"candidate\":null"));
}

TEST_F(SignallingTest, RestartsIce) {
  directory.restart_answer = "v=0\r\ns=again\r\n";
  start();
  const auto page = open();
  page->send(watch("tile"));
  page->next("answer");

  page->send(R"({"type":"restart","session":"tile","sdp":"v=0\r\n"})");

  EXPECT_EQ(text_of(page->next("answer"), "sdp"), directory.restart_answer);
}

TEST_F(SignallingTest, SaysWhyAWatchFails) {
  start();
  const auto page = open();
  const auto code_for = [&](Errc code) {
    directory.open_error = Error{code, "because"};
    page->send(watch("tile"));
    const std::string closed = page->next("closed");
    EXPECT_EQ(text_of(closed, "message"), "because");
    return text_of(closed, "code");
  };
  EXPECT_EQ(code_for(Errc::not_found), "unknown_camera");
  EXPECT_EQ(code_for(Errc::no_stream), "unknown_stream");
  EXPECT_EQ(code_for(Errc::busy), "busy");
  EXPECT_EQ(code_for(Errc::invalid), "bad_offer");
  EXPECT_EQ(code_for(Errc::unsupported), "no_common_codec");
  EXPECT_EQ(code_for(Errc::unavailable), "camera_unavailable");
  EXPECT_EQ(code_for(Errc::internal), "internal");
}

TEST_F(SignallingTest, NamesWhatIsWrongWithAMessageAndStaysOpen) {
  start();
  const auto page = open();
  const auto code_for = [&](const std::string& message) {
    page->send(message);
    return text_of(page->next("error"), "code");
  };
  EXPECT_EQ(code_for("nonsense"), "bad_message");
  EXPECT_EQ(code_for("[]"), "bad_message");
  EXPECT_EQ(code_for("{}"), "bad_message");
  EXPECT_EQ(code_for(R"({"type":7})"), "bad_message");
  EXPECT_EQ(code_for(R"({"type":"dance"})"), "unknown_type");
  EXPECT_EQ(code_for(R"({"type":"watch"})"), "bad_message");
  EXPECT_EQ(code_for(R"({"type":"watch","session":"a"})"), "bad_message");
  EXPECT_EQ(code_for(watch("a b")), "bad_message");
  EXPECT_EQ(code_for(watch(std::string(65, 'a'))), "bad_message");
  EXPECT_EQ(code_for(R"({"type":"stop","session":"nobody"})"), "unknown_session");
  EXPECT_EQ(code_for(R"({"type":"stop"})"), "bad_message");
  EXPECT_EQ(code_for(R"({"type":"restart","session":"nobody","sdp":""})"), "unknown_session");
  page->send(watch("tile"));
  page->next("answer");
  EXPECT_EQ(code_for(watch("tile")), "session_in_use");
  EXPECT_EQ(code_for(R"({"type":"candidate","session":"tile"})"), "bad_message");
  EXPECT_EQ(code_for(R"({"type":"candidate","session":"tile","candidate":"x"})"), "bad_message");
  EXPECT_EQ(code_for(R"({"type":"candidate","session":"tile","candidate":{"candidate":"a\r\nb"}})"),
            "bad_message");
  EXPECT_EQ(code_for(R"({"type":"restart","session":"tile"})"), "bad_message");
  EXPECT_FALSE(page->closed());
}

TEST_F(SignallingTest, SurvivesJsonThatNestsVeryDeep) {
  start();
  const auto page = open();
  page->send(R"({"type":)" + std::string(200'000, '['));
  EXPECT_EQ(text_of(page->next("error"), "code"), "bad_message");
}

TEST_F(SignallingTest, BoundsTheCandidatesOfASession) {
  limits.candidates_per_session = 1;
  start();
  const auto page = open();
  page->send(watch("tile"));
  for (int i = 0; i < 2; ++i)
    page->send(R"({"type":"candidate","session":"tile","candidate":null})");
  EXPECT_EQ(text_of(page->next("error"), "code"), "bad_message");
  EXPECT_EQ(directory.last()->candidates.size(), 1u);
}

TEST_F(SignallingTest, PushesCamerasAtOnceWhenTheirStateChanges) {
  limits.push = std::chrono::hours{1};
  start();
  const auto page = open();
  page->next("hello");
  cameras::CameraInfo camera = directory.all_cameras[0];
  for (const char* state : {"retrying", "connecting", "live"}) {
    camera.best.state = state;
    directory.change(camera);
    EXPECT_THAT(page->next("camera"), HasSubstr("\"state\":\"" + std::string{state} + '"'));
  }
}

TEST_F(SignallingTest, JoinsOtherChangesOfACamera) {
  limits.push = std::chrono::milliseconds{100};
  const DrivenClock clock; // The changes come all at once.
  start();
  const auto page = open();
  page->next("hello");
  cameras::CameraInfo camera = directory.all_cameras[0];
  for (int viewers = 1; viewers <= 20; ++viewers) {
    camera.viewers = static_cast<std::uint32_t>(viewers);
    directory.change(camera);
  }

  EXPECT_THAT(page->next("camera"), HasSubstr("\"viewers\":1,"));
  EXPECT_THAT(page->next("camera"), HasSubstr("\"viewers\":20,"));
  EXPECT_EQ(page->count("camera"), 0u);
}

TEST_F(SignallingTest, PushesAllCamerasWhenTheyAreOthers) {
  start();
  const auto page = open();
  page->next("hello");
  cameras::CameraInfo gate;
  gate.id = "gate";

  directory.replace({gate, directory.all_cameras[0]});

  const std::string cameras = page->next("cameras");
  EXPECT_LT(cameras.find("\"gate\""), cameras.find("\"front\""));
  EXPECT_THAT(cameras, Not(HasSubstr("\"yard\"")));
}

} // namespace
} // namespace fanlight::test
