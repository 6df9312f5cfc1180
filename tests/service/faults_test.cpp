#include <gmock/gmock.h>

#include "faulty_camera.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Cameras that misbehave: what the service makes of it, and what a viewer sees.
class FaultsTest : public FaultyCameraTest {};

// ---- Odd, but to be played ----

class OddCameraTest : public FaultsTest, public testing::WithParamInterface<Oddity> {};

TEST_P(OddCameraTest, IsPlayedFromTheStart) {
  start(GetParam().faults, GetParam().spec ? GetParam().spec : "");

  expect_pictures(50);

  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0")));
}

INSTANTIATE_TEST_SUITE_P(
    All, OddCameraTest,
    testing::Values(Oddity{"NoSprop", R"({"sdp":["no_sprop"]})", nullptr},
                    Oddity{"BrokenSprop", R"({"sdp":["broken_sprop"]})", nullptr},
                    Oddity{"NoRtpmap", R"({"sdp":["no_rtpmap"]})", nullptr},
                    Oddity{"ExtraMedia", R"({"sdp":["extra_media"]})", nullptr},
                    Oddity{"BackChannelThatIsRefused", R"({"sdp":["backchannel"]})", nullptr},
                    Oddity{"AbsoluteControlUrls", R"({"sdp":["control_absolute"]})", nullptr},
                    Oddity{"ControlUrlsWithAQuery", R"({"sdp":["control_query"]})", nullptr},
                    Oddity{"NoControlUrl", R"({"sdp":["no_control"]})", nullptr},
                    Oddity{"ParameterSetsInTheSdpOnly", R"({"parameter_sets":"sdp"})", nullptr},
                    Oddity{"ParameterSetsInBandOnly", R"({"parameter_sets":"band"})", nullptr},
                    Oddity{"MarkerOnParameterSets", R"({"marker":true})", nullptr},
                    Oddity{"ADescriptionAfterEightSeconds", R"({"delay_ms":{"DESCRIBE":8000}})",
                           nullptr},
                    Oddity{"AFastClock", R"({"drift_ppm":2000})", nullptr},
                    Oddity{"HalfSpeed", R"({"speed":0.5})", nullptr},
                    Oddity{"PacketsOfTenKilobytes", "",
                           "id=front,mtu=10000,size=640x360,gop=25,loop=4,bitrate=4000,audio=none"},
                    Oddity{"AGroupOfTwentySeconds", "",
                           "id=front,size=320x180,gop=500,loop=20,bitrate=300,audio=none"}),
    [](const auto& instance) { return std::string{instance.param.name}; });

TEST_F(FaultsTest, NamesBFramesAndPlaysTheRest) {
  start("", "id=front,bframes=2,size=320x180,gop=25,loop=4,bitrate=300,audio=none");

  expect_pictures(30);

  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0"),
                             HasSubstr("\"b_frames\":true")));
}

// ---- While it is watched ----

struct Mishap {
  const char* name;
  const char* faults;
};

class MishapTest : public FaultsTest, public testing::WithParamInterface<Mishap> {};

TEST_P(MishapTest, CostsTheViewerNothingButAMoment) {
  start("");
  const auto viewer = view(200);
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  spoil(GetParam().faults);

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0")));
}

TEST_F(FaultsTest, ANewStreamOnTheOldConnectionIsShown) {
  start("");
  const auto viewer = view(200);
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  spoil(R"({"ssrc":true})");

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  // rtspsrc has another pad for it, so the camera is connected anew.
  const std::string reconnects = test_source_is_direct() ? "0" : "1";
  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""),
                             HasSubstr("\"reconnects\":" + reconnects + ",")));
  const bool said =
      service->output().find("restarted its stream on the same connection") != std::string::npos;
  EXPECT_EQ(said, !test_source_is_direct());
}

INSTANTIATE_TEST_SUITE_P(All, MishapTest,
                         testing::Values(Mishap{"TimestampsJumpAhead", R"({"jump_s":3600})"},
                                         Mishap{"TimestampsJumpBack", R"({"jump_s":-10})"},
                                         Mishap{"TimestampsStandStill", R"({"standstill":true})"},
                                         Mishap{"SequenceNumbersJump", R"({"gap":500})"},
                                         Mishap{"PacketsOvertakeEachOther", R"({"reorder":true})"},
                                         Mishap{"ParameterSetsMoveToTheSdp",
                                                R"({"parameter_sets":"sdp"})"},
                                         Mishap{"TheClockDrifts", R"({"drift_ppm":5000})"}),
                         [](const auto& instance) { return std::string{instance.param.name}; });

// ---- Faults of the connection, and their end ----

class BreakdownTest : public FaultsTest, public testing::WithParamInterface<Mishap> {};

TEST_P(BreakdownTest, HealsWithTheSameViewer) {
  start("", "", "    health_timeout: 5s\n");
  const auto viewer = view(150);
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  spoil(GetParam().faults);
  const Response lost = wait_state("front", "retrying");
  EXPECT_THAT(lost.body, HasSubstr("\"reason\":\"the c"));
  mend();

  wait_state("front", "live");
  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
}

INSTANTIATE_TEST_SUITE_P(All, BreakdownTest,
                         testing::Values(Mishap{"ItHangs", R"({"hang":true})"},
                                         Mishap{"GarbageBetweenPackets", R"({"garbage":20})"},
                                         Mishap{"TheSessionExpires", R"({"expire_s":1})"}),
                         [](const auto& instance) { return std::string{instance.param.name}; });

TEST_F(FaultsTest, AConnectionThatIsClosedOrResetIsMadeAgain) {
  for (const char* end : {"/close", "/reset"}) {
    start("");
    const auto viewer = view(100);
    ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

    control("POST", end);

    EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
    EXPECT_THAT(front(), HasSubstr("\"reconnects\":1"));
    service.reset();
  }
}

TEST_F(FaultsTest, ACameraThatHangsIsFoundByTheHealthTimeout) {
  start("", "", "    health_timeout: 2s\n");
  wait_state("front", "live");

  spoil(R"({"hang":true})");

  const Response found = poll(
      "/api/cameras/front",
      [](const Response& r) { return r.body.find("\"state\":\"retrying\"") != r.body.npos; },
      "the hanging camera to be found");
  EXPECT_THAT(found.body, HasSubstr("keeps the connection open but sends no video"));
}

TEST_F(FaultsTest, ARefusedLoginIsNotHammeredByThoseWhoWantToWatch) {
  start(R"({"status":{"DESCRIBE":401}})");
  wait_state("front", "refused");
  const int before = asked("DESCRIBE");

  for (int i = 0; i < 5; ++i) EXPECT_EQ(post_offer("front").status, 503);

  EXPECT_EQ(asked("DESCRIBE"), before);
  EXPECT_LE(before, 2);
}

TEST_F(FaultsTest, ARefusedLoginInTheMiddleIsSaid) {
  start("");
  wait_state("front", "live");

  spoil(R"({"status":{"DESCRIBE":401}})");
  control("POST", "/close");

  EXPECT_THAT(wait_state("front", "refused").body, HasSubstr("login"));
}

TEST_F(FaultsTest, SaysThatAPathIsMissing) {
  start(R"({"status":{"DESCRIBE":404}})");

  EXPECT_THAT(wait_state("front", "refused").body, HasSubstr("no such stream: check the path"));
}

TEST_F(FaultsTest, ASessionThatTheCameraForgotIsMadeAgain) {
  start(R"({"status":{"PLAY":454}})");
  wait_state("front", "retrying");

  mend();

  wait_state("front", "live");
}

TEST_F(FaultsTest, EachSourceTriesACameraThatAnswersAndShowsNothing) {
  start(R"({"status":{"PLAY":454}})", {}, "    source: auto\n");

  EXPECT_TRUE(service->wait_output(" rtspsrc reads this camera from now on")) << service->output();
  EXPECT_TRUE(service->wait_output(" rtspdirectsrc reads this camera from now on"))
      << service->output();
  mend();
  wait_state("front", "live");
  EXPECT_THAT(service->output(), HasSubstr("source=rtsp"));
}

TEST_F(FaultsTest, UsesOneConnectionWhereTheCameraAllowsNoMore) {
  start(R"({"one_connection":true})");
  const auto other = view(25);

  expect_pictures(25);

  EXPECT_EQ(other->wait_exit(), 0) << other->output();
  EXPECT_EQ(asked("SETUP"), 1);
}

TEST_F(FaultsTest, AnotherResolutionAfterARebootCostsNoViewer) {
  start("");
  const auto viewer = view(150);
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  spoil(R"({"as":"large"})");
  control("POST", "/close");

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  EXPECT_THAT(front(), HasSubstr("\"width\":640"));
}

TEST_F(FaultsTest, AnotherCodecAfterAnUpdateIsToldToViewers) {
  start("");
  const auto viewer = view(100'000);
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  spoil(R"({"as":"hevc"})");
  control("POST", "/close");

  ASSERT_TRUE(service->wait_output("code=camera_changed")) << service->output();
  EXPECT_THAT(front(), HasSubstr("\"video_codec\":\"H265\""));
}

} // namespace
} // namespace fanlight::test
