#include <gmock/gmock.h>

#include "odd_camera.h"
#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Cameras that describe themselves in their own way.
class DescriptionTest : public ServiceTest {
 protected:
  DescriptionTest() {
    start_cameras({"id=front,size=320x180,gop=25,loop=4,bitrate=300,audio=pcma"});
  }

  /// Such a camera, live.
  OddCamera& play(std::vector<std::string> habits) {
    odd_ = std::make_unique<OddCamera>(cameras->url("front"), std::move(habits));
    start_service({{"front", odd_->url(), ""}});
    wait_state("front", "live");
    return *odd_;
  }
  std::unique_ptr<OddCamera> odd_;
};

TEST_F(DescriptionTest, TakesParameterSetsFromTheStreamWhereThereAreNoneInTheDescription) {
  play({"--sdp", "sprop-parameter-sets=[^;\\r]*", "x=1"});
}

TEST_F(DescriptionTest, DoesWithoutParameterSetsThatAreBroken) {
  play({"--sdp", "sprop-parameter-sets=[^;\\r]*", "sprop-parameter-sets=!!!,AAAA"});
  EXPECT_THAT(service->output(), Not(HasSubstr("Broken bit stream")));
}

TEST_F(DescriptionTest, GuessesTheCodecWhereTheMapIsMissing) {
  play({"--sdp", "a=rtpmap:96.*", "a=x:1"});
}

TEST_F(DescriptionTest, TakesNoNoticeOfMetadata) {
  const OddCamera& camera = play({"--sdp", "(?s)^(.*?)(m=video.*)",
                                  "\\1m=application 0 RTP/AVP 107\\na=rtpmap:107 "
                                  "vnd.onvif.metadata/90000\\na=control:trackID=9\\n\\2"});
  EXPECT_THAT(camera.requests(), Not(HasSubstr("trackID=9")));
}

TEST_F(DescriptionTest, DoesNotSetUpABackChannel) {
  const OddCamera& camera =
      play({"--sdp", "\\Z",
            "m=audio 0 RTP/AVP 0\\na=control:trackID=9\\na=sendonly\\na=rtpmap:0 PCMU/8000\\n"});
  EXPECT_THAT(camera.requests(), Not(HasSubstr("trackID=9")));
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"audio_codec\":\"PCMA\""));
}

TEST_F(DescriptionTest, ShowsThePictureWhereTheSoundIsRefused) {
  const OddCamera& camera = play({"--answer", "SETUP", "stream=1", "451 Parameter Not Understood"});
  EXPECT_THAT(camera.requests(), AllOf(HasSubstr("SETUP /front/stream=1 - 451 0\nOPTIONS"),
                                       HasSubstr("SETUP /front/stream=0 - - 0\nPLAY")));
  EXPECT_THAT(get("/api/cameras/front").body,
              AllOf(HasSubstr("\"audio_codec\":\"\""),
                    HasSubstr("offers sound but refuses to send it (RTSP status 451)"),
                    HasSubstr("\"reconnects\":1")));
}

TEST_F(DescriptionTest, FindsItsMediaWhateverTheBaseLooksLike) {
  for (const std::vector<std::string>& base :
       {std::vector<std::string>{"--head", "(?i)content-base:.*\\r\\n", ""},
        {"--head", "(?i)(content-base:.*?)/\\r\\n", "\\1\\r\\n"},
        {"--sdp", "t=0 0", "t=0 0\\na=control:rtsp://127.0.0.1/front/"}}) {
    const OddCamera& camera = play(base);
    EXPECT_THAT(camera.requests(), Not(HasSubstr("SETUP /stream=0")));
  }
}

TEST_F(DescriptionTest, BearsLinesThatAreNone) {
  play({"--sdp", "a=rtpmap", "a=\\nb=\\nz\\na=rtpmap"});
}

} // namespace
} // namespace fanlight::test
