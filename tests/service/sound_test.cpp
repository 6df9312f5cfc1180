#include <gmock/gmock.h>

#include "faulty_camera.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kAac = "id=front,size=320x180,gop=25,loop=4,bitrate=300,audio=aac";
constexpr const char* kPcma = "id=front,size=320x180,gop=25,loop=4,bitrate=300,audio=pcma";

/// Cameras whose sound is odd: it never costs the picture.
class SoundTest : public FaultyCameraTest {
 protected:
  void expect_video_without_sound(const char* note) {
    expect_pictures(75);
    EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0"),
                               HasSubstr("\"audio_codec\":\"\""), HasSubstr(note)));
  }
  void expect_video_with_sound() {
    const auto viewer = view(75, {"--audio"});
    EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
    EXPECT_THAT(viewer->output(),
                AllOf(HasSubstr("\"audio_packets\":"), Not(HasSubstr("\"audio_packets\":0"))));
    EXPECT_THAT(front(), HasSubstr("\"reconnects\":0"));
  }
};

TEST_F(SoundTest, SoundThatNoElementCanReadCostsOnlyTheSound) {
  start(R"({"sdp":["bad_latm"]})", kAac);
  expect_pictures(75);

  const Response said = poll(
      "/api/cameras/front",
      [](const Response& r) { return r.body.find("that the server can read") != r.body.npos; },
      "the sound that cannot be read to be noticed");

  EXPECT_THAT(said.body, AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0"),
                               HasSubstr("\"audio_codec\":\"\"")));
}

TEST_F(SoundTest, HearsSoundThatIsSendonlyLikeTheVideo) {
  start(R"({"sdp":["all_sendonly"]})", kPcma);
  expect_video_with_sound();
}

TEST_F(SoundTest, SaysThatTheOnlySoundFlowsToTheCamera) {
  start(R"({"sdp":["sound_sendonly"]})", kPcma);
  expect_video_without_sound("only in the other direction");
}

} // namespace
} // namespace fanlight::test
