#include <gmock/gmock.h>

#include "faulty_camera.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kWithSound = "id=front,size=320x180,gop=25,loop=4,bitrate=300,audio=pcma";

/// Cameras that speak RTSP in their own way.
class DialogueTest : public FaultyCameraTest {
 protected:
  /// Faults that redirect "front" to the camera "large" of another process.
  std::string redirection(const std::string& login = {}, const std::string& status = {}) {
    other_ = std::make_unique<CamsimProcess>(std::vector<std::string>{
        "--camera", "id=large,size=640x360,gop=25,loop=4,bitrate=500,audio=none" + login});
    EXPECT_TRUE(other_->wait_ready()) << other_->read_errors();
    return R"({"redirect":")" + other_->url("large") + "\"" + status + "}";
  }
  std::unique_ptr<CamsimProcess> other_;
};

// ---- Odd answers ----

class OddAnswerTest : public DialogueTest, public testing::WithParamInterface<Oddity> {};

TEST_P(OddAnswerTest, IsPlayedFromTheStart) {
  start(GetParam().faults, GetParam().spec ? GetParam().spec : "");

  const auto viewer = view(50, {"--audio"});

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0")));
  if (GetParam().spec != nullptr) {
    EXPECT_THAT(viewer->output(),
                AllOf(HasSubstr("\"audio_packets\":"), Not(HasSubstr("\"audio_packets\":0"))));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, OddAnswerTest,
    testing::Values(Oddity{"NoChannels", R"({"answers":["no_interleaved"]})", kWithSound},
                    Oddity{"NoTransport", R"({"answers":["no_transport"]})", kWithSound},
                    Oddity{"OtherChannels", R"({"answers":["other_channels"]})", kWithSound},
                    Oddity{"SameChannels", R"({"answers":["same_channels"]})", kWithSound},
                    Oddity{"SpacesInTheTransport", R"({"answers":["spaced_transport"]})",
                           kWithSound},
                    Oddity{"NoSequenceNumber", R"({"answers":["no_cseq"]})", nullptr},
                    Oddity{"OddCase", R"({"answers":["odd_case"]})", nullptr},
                    Oddity{"LineFeeds", R"({"answers":["line_feeds"]})", nullptr},
                    Oddity{"OptionsBadRequest", R"({"status":{"OPTIONS":400}})", nullptr},
                    Oddity{"OptionsNotFound", R"({"status":{"OPTIONS":404}})", nullptr},
                    Oddity{"OptionsNotAllowed", R"({"status":{"OPTIONS":405}})", nullptr},
                    Oddity{"OptionsNotImplemented", R"({"status":{"OPTIONS":501}})", nullptr},
                    Oddity{"OptionsUnavailable", R"({"status":{"OPTIONS":503}})", nullptr}),
    [](const auto& instance) { return std::string{instance.param.name}; });

TEST_F(DialogueTest, ChecksThePathByDescribeOnly) {
  start(R"({"status":{"SETUP":404}})");

  EXPECT_THAT(wait_state("front", "retrying").body,
              AllOf(HasSubstr("answers SETUP with 404"), Not(HasSubstr("check the path"))));
}

// ---- Redirections ----

TEST_F(DialogueTest, FollowsARedirectionToAnotherPort) {
  start(redirection());

  expect_pictures(50);

  EXPECT_THAT(front(), AllOf(HasSubstr("\"width\":640"), HasSubstr("\"reconnects\":0")));
}

TEST_F(DialogueTest, FollowsARedirectionOfOptions) {
  start(redirection("", R"(,"status":{"OPTIONS":302})"));

  expect_pictures(50);

  EXPECT_THAT(front(), AllOf(HasSubstr("\"width\":640"), HasSubstr("\"reconnects\":0")));
  EXPECT_EQ(asked("DESCRIBE"), 0) << "the old place has nothing more to say";
}

TEST_F(DialogueTest, FollowsOtherKindsOfRedirection) {
  start(redirection("", R"(,"status":{"DESCRIBE":307})"));

  expect_pictures(50);

  EXPECT_THAT(front(), HasSubstr("\"width\":640"));
}

TEST_F(DialogueTest, LogsInWhereverItIsRedirectedTo) {
  const std::string login = "    username: u\n    password: p\n";
  for (const char* first : {"none", "digest-sha256"})
    for (const char* second : {"basic", "digest", "digest-sha256"}) {
      const std::string faults = redirection(std::string{",auth="} + second + ",user=u,password=p");
      start(faults,
            small("front") + ",auth=" + first +
                (std::string_view{first} == "none" ? "" : ",user=u,password=p"),
            login);
      wait_state("front", "live");
      EXPECT_THAT(front(), AllOf(HasSubstr("\"width\":640"), HasSubstr("\"reconnects\":0")))
          << first << " " << second;
      service.reset();
    }
}

TEST_F(DialogueTest, SaysThatARedirectionNamesNoAddress) {
  start(R"({"status":{"DESCRIBE":302}})");

  EXPECT_THAT(wait_state("front", "refused").body, HasSubstr("but names no address"));
}

// ---- What it offers ----

TEST_F(DialogueTest, PlaysTheOneOfSeveralPayloadTypesThatComes) {
  start(R"({"sdp":["more_types"]})", kWithSound);
  const auto viewer = view(50, {"--audio"});

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();

  EXPECT_THAT(front(), AllOf(HasSubstr("\"audio_codec\":\"PCMA\""), HasSubstr("\"reconnects\":0")));
}

TEST_F(DialogueTest, NamesVideoThatItDoesNotCarryAndWhatToChange) {
  start(R"({"sdp":["mjpeg"]})");
  EXPECT_THAT(wait_state("front", "refused").body, HasSubstr("the camera sends MJPEG"));

  service.reset();
  start(R"({"sdp":["mpeg_ts"]})");
  EXPECT_THAT(wait_state("front", "refused").body, HasSubstr("MPEG transport stream"));
}

// ---- Packets ----

TEST_F(DialogueTest, IgnoresPacketsThatWereLeftOverFromAnotherSession) {
  for (const char* spec :
       {"id=front,size=320x180,gop=25,loop=4,bitrate=300,audio=none", kWithSound}) {
    start(R"({"stale":2})", spec);

    expect_pictures(50);

    EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0")));
    service.reset();
  }
}

TEST_F(DialogueTest, SaysOnceAMinuteThatPacketsAreOdd) {
  start(R"({"odd_packet":true})");

  expect_pictures(100);

  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0")));
  const std::string log = service->output();
  std::size_t lines = 0;
  for (auto at = log.find("NAL unit type 26"); at != log.npos;
       at = log.find("NAL unit type 26", at + 1))
    ++lines;
  EXPECT_GE(lines, 1u) << log;
  EXPECT_LE(lines, 2u) << log;
}

// ---- Sessions ----

TEST_F(DialogueTest, ReadsTheTimeOfASessionInAnyCase) {
  start(R"({"answers":["odd_case"],"expire_s":3})");
  const auto viewer = view(150); // Six seconds: two of such times.

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();

  EXPECT_THAT(front(), HasSubstr("\"reconnects\":0"));
}

TEST_F(DialogueTest, LearnsWhichRequestKeepsTheSessionAlive) {
  start(R"({"expire_s":4,"public":"OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN",
            "keep_alive":"GET_PARAMETER"})");
  ASSERT_TRUE(service->wait_output("by another request")) << service->output();
  wait_state("front", "live");
  const std::string before = text_of(front(), "reconnects");

  const auto viewer = view(250); // Ten seconds: more than two of such times.

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  EXPECT_EQ(text_of(front(), "reconnects"), before);
  EXPECT_GT(asked("GET_PARAMETER"), 1);
}

} // namespace
} // namespace fanlight::test
