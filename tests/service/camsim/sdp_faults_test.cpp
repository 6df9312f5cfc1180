#include "fault_test.h"
#include "rtsp_reader.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class SdpFaultsTest : public FaultTest {
 protected:
  std::string describe(const std::string& fault) {
    EXPECT_EQ(
        control().request("PUT", "/cameras/a/faults", "{\"sdp\": [\"" + fault + "\"]}").status,
        200);
    const RtspAnswer answer = RtspClient(url()).request("DESCRIBE");
    EXPECT_EQ(std::to_string(answer.body.size()), answer.header("Content-Length"));
    return answer.body;
  }
  static int set_up(RtspClient& client, const std::string& uri, int channel = 0) {
    const std::string first = std::to_string(channel);
    return client
        .request("SETUP", uri,
                 "Transport: RTP/AVP/TCP;unicast;interleaved=" + first + "-" +
                     std::to_string(channel + 1) + "\r\n")
        .status;
  }
};

TEST_F(SdpFaultsTest, LeavesTheParameterSetsOut) {
  start({"id=a", "id=h,codec=h265"});
  ASSERT_THAT(describe("extra_media"), HasSubstr("sprop-parameter-sets="));
  const std::string sdp = describe("no_sprop");
  EXPECT_THAT(sdp, Not(HasSubstr("sprop")));
  EXPECT_THAT(sdp, HasSubstr("packetization-mode=1"));
  ASSERT_TRUE(control().set("h", R"({"sdp": ["no_sprop"]})"));
  EXPECT_THAT(RtspClient(url("h")).request("DESCRIBE").body, Not(HasSubstr("sprop-")));
}

TEST_F(SdpFaultsTest, BreaksTheParameterSets) {
  start({"id=a"});
  EXPECT_THAT(describe("broken_sprop"), HasSubstr("sprop-parameter-sets=!!not,base64,,Zw=="));
}

TEST_F(SdpFaultsTest, LeavesTheEncodingOut) {
  start({"id=a"});
  const std::string sdp = describe("no_rtpmap");
  EXPECT_THAT(sdp, Not(HasSubstr("a=rtpmap")));
  EXPECT_THAT(sdp, HasSubstr("m=video 0 RTP/AVP 96"));
}

TEST_F(SdpFaultsTest, NamesOtherCodecs) {
  start({"id=a"});
  EXPECT_THAT(describe("mjpeg"), HasSubstr("m=video 0 RTP/AVP 26\r\n"));
  EXPECT_THAT(describe("mpeg_ts"), HasSubstr("m=video 0 RTP/AVP 33\r\n"));
  EXPECT_THAT(describe("more_types"), HasSubstr("m=video 0 RTP/AVP 35 96\r\n"));
}

TEST_F(SdpFaultsTest, CallsItsMediaSendonly) {
  start({"id=a"});
  EXPECT_THAT(describe("all_sendonly"), HasSubstr("m=video 0 RTP/AVP 96\r\na=sendonly\r\n"));
  EXPECT_THAT(describe("sound_sendonly"), Not(HasSubstr("a=sendonly")));
}

TEST_F(SdpFaultsTest, HasMetadataThatCanBeSetUpAndThatSendsNothing) {
  start({"id=a"});
  const std::string sdp = describe("extra_media");
  EXPECT_THAT(sdp, HasSubstr("m=application 0 RTP/AVP 107"));
  EXPECT_THAT(sdp, HasSubstr("vnd.onvif.metadata"));
  RtspClient client(url());
  ASSERT_EQ(client.setup(), 200);
  EXPECT_EQ(set_up(client, url() + "/metadata", 2), 200);
  ASSERT_EQ(client.request("PLAY").status, 200);
  for (int i = 0; i < 20; ++i) {
    const auto packet = client.packet();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->channel, 0);
  }
}

TEST_F(SdpFaultsTest, HasABackChannelThatCannotBeSetUp) {
  start({"id=a"});
  const std::string sdp = describe("backchannel");
  EXPECT_THAT(sdp, HasSubstr("m=audio 0 RTP/AVP 0"));
  EXPECT_THAT(sdp, HasSubstr("a=sendonly"));
  RtspClient client(url());
  ASSERT_EQ(client.setup(), 200);
  EXPECT_EQ(set_up(client, url() + "/backchannel", 2), 461);
  EXPECT_EQ(client.request("PLAY").status, 200);
  EXPECT_TRUE(client.packet());
}

TEST_F(SdpFaultsTest, NamesItsMediaByOddUrlsThatPlay) {
  start({"id=a"});
  const auto plays = [&](const std::string& uri) {
    RtspClient client(url());
    const RtspAnswer setup =
        client.request("SETUP", uri, "Transport: RTP/AVP/TCP;interleaved=0-1\r\n");
    if (setup.status != 200) return setup.status;
    const std::string session = "Session: " + setup.header("Session") + "\r\n";
    if (const int status = client.request("PLAY", "", session).status; status != 200) return status;
    return client.packet() ? 200 : 0;
  };
  EXPECT_THAT(describe("control_absolute"), HasSubstr("a=control:" + url() + "/stream=0"));
  EXPECT_EQ(plays(url() + "/stream=0"), 200);
  EXPECT_THAT(describe("control_relative"), HasSubstr("\r\na=control:stream=0\r\n"));
  EXPECT_EQ(plays(url() + "/stream=0"), 200);
  EXPECT_THAT(describe("control_query"), HasSubstr("a=control:stream=0?channel=1&track=0\r\n"));
  EXPECT_EQ(plays(url() + "/stream=0?channel=1&track=0"), 200);
  const std::string star = describe("control_star");
  EXPECT_THAT(star.substr(star.find("m=video")), HasSubstr("a=control:*\r\n"));
  EXPECT_EQ(plays(url()), 200);
  const std::string none = describe("no_control");
  EXPECT_THAT(none.substr(none.find("m=video")), Not(HasSubstr("a=control")));
  EXPECT_EQ(plays(url()), 200);
}

class OddSdpTest : public FaultTest, public testing::WithParamInterface<const char*> {};

TEST_P(OddSdpTest, IsPlayedByAClientThatBearsIt) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", std::string("{\"sdp\": [\"") + GetParam() + "\"]}"));
  EXPECT_EQ(RtspReader::video(url()).strip(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Faults, OddSdpTest,
                         testing::Values("no_sprop", "broken_sprop", "extra_media", "backchannel",
                                         "control_absolute", "control_relative", "control_query"),
                         [](const auto& param) { return std::string(param.param); });

} // namespace
} // namespace fanlight::test
