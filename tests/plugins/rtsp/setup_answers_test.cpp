#include "rtsp/setup_answers.h"

#include <gmock/gmock.h>

namespace fanlight::rtsp {
namespace {

constexpr const char* kTcp = "RTP/AVP/TCP;unicast;interleaved=0-1";
constexpr const char* kNext = "RTP/AVP/TCP;unicast;interleaved=2-3";
constexpr const char* kUdp = "RTP/AVP;unicast;client_port=5000-5001";
constexpr const char* kGroup = "RTP/AVP;multicast";

std::string mended(const char* requested, const char* answered) {
  return SetupAnswers{}.mended(requested, answered);
}

TEST(SetupAnswersTest, AssumesTheChannelsItAskedForWhereTheAnswerNamesNone) {
  for (const char* answered : {"", "RTP/AVP/TCP", "RTP/AVP/TCP;unicast", "RTP/AVP;unicast",
                               "RTP/AVP/TCP;unicast;interleaved=", "RTP/AVP/TCP;interleaved=a-b",
                               "RTP/AVP/TCP;interleaved=900-901", "RTP/AVP/TCP;interleaved=4-4",
                               "RTP/AVP;unicast;client_port=5000-5001", "nonsense"})
    EXPECT_EQ(mended(kTcp, answered), kTcp) << answered;
}

TEST(SetupAnswersTest, ReadsTheChannelsInAnyForm) {
  for (const char* answered :
       {"RTP/AVP/TCP;unicast;interleaved=6-7;ssrc=zzzz", "rtp/avp/tcp; UNICAST; Interleaved=6-7",
        "RTP/AVP/TCP;interleaved = 6 - 7 ;mode=\"PLAY\";X-Make=odd", "RTP/AVP;interleaved=6",
        "RTP/AVP/TCP;interleaved=\"6-7\",RTP/AVP"})
    EXPECT_EQ(mended(kTcp, answered), "RTP/AVP/TCP;unicast;interleaved=6-7") << answered;
}

TEST(SetupAnswersTest, FindsPacketsOnTheChannelsOfTheRequestAndOfTheAnswer) {
  SetupAnswers answers;
  answers.mended(kTcp, "RTP/AVP/TCP;interleaved=6-7");

  EXPECT_EQ(answers.channel(6), 6);
  EXPECT_EQ(answers.channel(7), 7);
  EXPECT_EQ(answers.channel(0), 6);
  EXPECT_EQ(answers.channel(1), 7);
}

TEST(SetupAnswersTest, GivesNoTwoMediaTheSameChannel) {
  SetupAnswers answers;

  EXPECT_EQ(answers.mended(kTcp, kTcp), kTcp);
  EXPECT_EQ(answers.mended(kNext, kTcp), kNext);

  EXPECT_EQ(answers.channel(0), 0);
  EXPECT_EQ(answers.channel(2), 2);
}

TEST(SetupAnswersTest, ChannelsThatAnAnswerNamesTakePrecedence) {
  SetupAnswers answers;
  answers.mended(kTcp, "RTP/AVP/TCP;interleaved=2-3");

  answers.mended("RTP/AVP/TCP;unicast;interleaved=4-5", "RTP/AVP/TCP;interleaved=0-1");

  EXPECT_EQ(answers.channel(0), 0);
  EXPECT_EQ(answers.channel(2), 2);
}

TEST(SetupAnswersTest, AssumesTheUdpThatItAskedFor) {
  for (const char* answered : {"", "RTP/AVP", "nonsense", "RTP/AVP;unicast;client_port=x"})
    EXPECT_EQ(mended(kUdp, answered), kUdp) << answered;
  EXPECT_EQ(mended(kUdp, "RTP/AVP/UDP; unicast; server_port = 6970-6971; source=192.0.2.7"),
            std::string{kUdp} + ";server_port=6970-6971;source=192.0.2.7");
  EXPECT_EQ(mended(kUdp, "RTP/AVP;unicast;server_port=0-0;source=0.0.0.0"), kUdp);
}

TEST(SetupAnswersTest, FollowsACameraThatChoosesTcp) {
  EXPECT_EQ(mended(kUdp, kTcp), kTcp);
  EXPECT_EQ(mended(kUdp, "RTP/AVP/TCP"), kTcp);
}

TEST(SetupAnswersTest, KeepsTheGroupThatTheCameraNames) {
  EXPECT_EQ(mended(kGroup, "RTP/AVP; multicast; destination=239.1.2.3; port=5002-5003; ttl=900"),
            "RTP/AVP;multicast;destination=239.1.2.3;port=5002-5003");
  EXPECT_EQ(mended(kGroup, ""), kGroup);
}

TEST(SetupAnswersTest, KeepsTheProfile) {
  EXPECT_EQ(mended("RTP/SAVP/TCP;unicast;interleaved=0-1", ""),
            "RTP/SAVP/TCP;unicast;interleaved=0-1");
}

} // namespace
} // namespace fanlight::rtsp
