#include "load/rtc/local.h"

#include <gmock/gmock.h>

#include "load/rtc/remote.h"

namespace fanlight::load {
namespace {

using testing::HasSubstr;
using testing::Not;

/// As Janus offers a mountpoint with sound, picture and data, shortened.
constexpr const char* kJanusOffer = "v=0\r\n"
                                    "o=- 1795593232992781 1 IN IP4 127.0.0.1\r\n"
                                    "s=Mountpoint 7\r\n"
                                    "t=0 0\r\n"
                                    "a=group:BUNDLE a v d\r\n"
                                    "a=fingerprint:sha-256 F2:A0\r\n"
                                    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                                    "a=sendonly\r\n"
                                    "a=mid:a\r\n"
                                    "a=rtpmap:111 opus/48000/2\r\n"
                                    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
                                    "a=sendonly\r\n"
                                    "a=mid:v\r\n"
                                    "a=ice-ufrag:rAr2\r\n"
                                    "a=ice-pwd:eHl7AK26cOZAEv42z7ETr3\r\n"
                                    "a=setup:actpass\r\n"
                                    "a=rtpmap:96 H264/90000\r\n"
                                    "a=rtcp-fb:96 nack\r\n"
                                    "a=rtcp-fb:96 nack pli\r\n"
                                    "a=fmtp:96 profile-level-id=4d001f;packetization-mode=1\r\n"
                                    "a=rtpmap:97 rtx/90000\r\n"
                                    "a=fmtp:97 apt=96\r\n"
                                    "a=candidate:1 1 udp 2015363327 10.0.0.2 27350 typ host\r\n"
                                    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                                    "a=mid:d\r\n";

class LocalTest : public testing::Test {
 protected:
  Local local_{.ice = {"abcd", "0123456789012345678901"},
               .fingerprint = "sha-256 AB:CD",
               .candidate = *Address::parse("127.0.0.1", 4000)};
};

TEST_F(LocalTest, OffersToReceiveH264WithEverythingThatRepairsIt) {
  const std::string offer = write_offer(local_);

  EXPECT_THAT(offer, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 102 103 108 109 116 117 118 119\r\n"));
  EXPECT_THAT(offer, HasSubstr("a=candidate:1 1 udp 2130706431 127.0.0.1 4000 typ host\r\n"));
  EXPECT_THAT(offer, HasSubstr("a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"));
  EXPECT_THAT(offer, HasSubstr("a=setup:actpass\r\n"));
  EXPECT_THAT(offer, HasSubstr("a=rtcp-fb:102 nack\r\n"));
  EXPECT_THAT(offer, HasSubstr("a=fmtp:103 apt=102\r\n"));
  EXPECT_THAT(offer, Not(HasSubstr("m=audio")));
  EXPECT_THAT(offer, Not(HasSubstr("H265")));
}

TEST_F(LocalTest, OffersWhatElseIsWanted) {
  local_.audio = local_.h265 = local_.tcp = true;
  local_.nack = false;

  const std::string offer = write_offer(local_);

  EXPECT_THAT(offer, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 49 102 108 116 118\r\n"));
  EXPECT_THAT(offer, HasSubstr("m=audio 9"));
  EXPECT_THAT(offer, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_THAT(offer, HasSubstr("127.0.0.1 9 typ host tcptype active\r\n"));
  EXPECT_THAT(offer, Not(HasSubstr(" nack\r\n")));
  EXPECT_THAT(offer, HasSubstr(" nack pli\r\n"));
  EXPECT_THAT(offer, Not(HasSubstr("rtx")));
}

TEST_F(LocalTest, AnswersTheVideoOfAnOfferInItsOwnFormats) {
  const std::string answer = write_answer(local_, kJanusOffer);

  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE v\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=setup:active\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=recvonly\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("rAr2"))) << "that is the server's";
}

TEST_F(LocalTest, AnswersSoundWhereItIsWanted) {
  local_.audio = true;
  EXPECT_THAT(write_answer(local_, kJanusOffer), HasSubstr("a=group:BUNDLE a v\r\n"));
}

TEST_F(LocalTest, AnOfferIsReadLikeAnAnswer) {
  const auto remote = read_remote(kJanusOffer);

  ASSERT_TRUE(remote) << remote.error().message;
  EXPECT_FALSE(remote->dtls_active) << "the viewer begins";
  EXPECT_EQ(remote->video, PayloadTypes{}.set(96));
  EXPECT_EQ(remote->rtx, PayloadTypes{}.set(97));
  EXPECT_EQ(remote->fingerprint, "sha-256 F2:A0");
  EXPECT_TRUE(remote->audio[111]);
}

} // namespace
} // namespace fanlight::load
