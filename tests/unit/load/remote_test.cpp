#include "load/rtc/remote.h"

#include <gmock/gmock.h>

namespace fanlight::load {
namespace {

using config::VideoCodec;

/// As Fanlight answers through webrtcbin, shortened.
constexpr const char* kFullAgent =
    "v=0\r\n"
    "o=- 2098162710627042465 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 116 117\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=mid:0\r\n"
    "a=ice-ufrag:yGxlQlBrhQSRACp1SpF3mRBY7wE562I/\r\n"
    "a=ice-pwd:dNPd8AUwWGSDkQ4+kanlytLRadHeu2lZ\r\n"
    "a=fingerprint:sha-256 55:2A:94:4A\r\n"
    "a=setup:active\r\n"
    "a=sendonly\r\n"
    "a=rtpmap:116 H264/90000\r\n"
    "a=rtcp-fb:116 ccm fir\r\n"
    "a=rtcp-fb:116 nack\r\n"
    "a=rtcp-fb:116 nack pli\r\n"
    "a=rtpmap:117 rtx/90000\r\n"
    "a=fmtp:117 apt=116\r\n"
    "a=ssrc-group:FID 957838425 604545366\r\n"
    "a=ssrc:957838425 cname:user1181262772@host-10293eb2\r\n"
    "a=ssrc:604545366 cname:user1181262772@host-10293eb2\r\n"
    "a=candidate:1 1 UDP 2015364095 127.0.0.1 60971 typ host\r\n"
    "a=candidate:2 1 TCP 1015022591 127.0.0.1 9 typ host tcptype active\r\n"
    "a=candidate:3 1 TCP 1010828287 127.0.0.1 49163 typ host tcptype passive\r\n"
    "a=candidate:4 1 UDP 2015364351 ::1 50704 typ host\r\n"
    "a=candidate:5 2 UDP 2015364094 127.0.0.1 60972 typ host\r\n"
    "a=candidate:6 1 UDP 2015363327 3a6c.local 37089 typ host\r\n"
    "a=end-of-candidates\r\n";

/// As an ICE-lite server with one port answers, sound and picture, the transport's lines in the
/// session's part; lines end with a bare line feed.
constexpr const char* kLite =
    "v=0\n"
    "o=- 1 1 IN IP4 127.0.0.1\n"
    "s=-\n"
    "t=0 0\n"
    "a=group:BUNDLE 0 1\n"
    "a=ice-lite\n"
    "a=ice-ufrag:abcd\n"
    "a=ice-pwd:0123456789012345678901\n"
    "a=fingerprint:sha-256 AB:CD\n"
    "a=setup:passive\n"
    "m=video 8443 UDP/TLS/RTP/SAVPF 49 50\n"
    "a=mid:0\n"
    "a=sendonly\n"
    "a=rtpmap:49 H265/90000\n"
    "a=rtpmap:50 rtx/90000\n"
    "a=fmtp:50 apt=49\n"
    "a=ssrc:42 cname:x\n"
    "a=candidate:1 1 udp 2130706431 10.0.0.5 8443 typ host\n"
    "a=candidate:2 1 tcp 1671430143 10.0.0.5 8443 typ host tcptype passive\n"
    "m=audio 8443 UDP/TLS/RTP/SAVPF 8\n"
    "a=mid:1\n"
    "a=sendonly\n"
    "a=candidate:1 1 udp 2130706431 10.0.0.5 8443 typ host\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(RemoteTest, ReadsTheAnswerOfAFullAgent) {
  const auto remote = read_remote(kFullAgent);

  ASSERT_TRUE(remote) << remote.error().message;
  EXPECT_FALSE(remote->ice_lite);
  EXPECT_TRUE(remote->dtls_active);
  EXPECT_EQ(remote->ice.ufrag, "yGxlQlBrhQSRACp1SpF3mRBY7wE562I/");
  EXPECT_EQ(remote->ice.password, "dNPd8AUwWGSDkQ4+kanlytLRadHeu2lZ");
  EXPECT_EQ(remote->fingerprint, "sha-256 55:2A:94:4A");
  EXPECT_EQ(remote->codec, VideoCodec::h264);
  EXPECT_EQ(remote->video, PayloadTypes{}.set(116));
  EXPECT_EQ(remote->rtx, PayloadTypes{}.set(117));
  EXPECT_TRUE(remote->nack);
  EXPECT_EQ(remote->ssrc, 957838425U);
}

TEST(RemoteTest, KeepsTheCandidatesThatAViewerCanTryTheBestFirst) {
  const auto remote = read_remote(kFullAgent);

  ASSERT_TRUE(remote);
  ASSERT_EQ(remote->candidates.size(), 3U);
  EXPECT_EQ(remote->candidates[0].address, *Address::parse("::1", 50704));
  EXPECT_FALSE(remote->candidates[0].tcp);
  EXPECT_EQ(remote->candidates[1].address, *Address::parse("127.0.0.1", 60971));
  EXPECT_FALSE(remote->candidates[1].tcp);
  EXPECT_EQ(remote->candidates[2].address, *Address::parse("127.0.0.1", 49163));
  EXPECT_TRUE(remote->candidates[2].tcp);
}

TEST(RemoteTest, ReadsTheAnswerOfALiteAgentWithEachCandidateOnce) {
  const auto remote = read_remote(kLite);

  ASSERT_TRUE(remote) << remote.error().message;
  EXPECT_TRUE(remote->ice_lite);
  EXPECT_FALSE(remote->dtls_active);
  EXPECT_EQ(remote->codec, VideoCodec::h265);
  EXPECT_EQ(remote->video, PayloadTypes{}.set(49));
  EXPECT_EQ(remote->rtx, PayloadTypes{}.set(50));
  EXPECT_FALSE(remote->nack);
  EXPECT_EQ(remote->ssrc, 42U);
  ASSERT_EQ(remote->candidates.size(), 2U);
  EXPECT_FALSE(remote->candidates[0].tcp);
  EXPECT_TRUE(remote->candidates[1].tcp);
}

TEST(RemoteTest, KnowsTheClockOfSoundThatNeedsNoRtpmap) {
  const auto remote = read_remote(kLite);

  ASSERT_TRUE(remote);
  EXPECT_TRUE(remote->audio[8]);
  EXPECT_EQ(remote->audio_rate, 8000U);
}

TEST(RemoteTest, DoesNotCountMediaThatAreRefusedOrInactive) {
  EXPECT_FALSE(read_remote(replaced(kLite, "m=video 8443", "m=video 0")));
  EXPECT_FALSE(read_remote(replaced(kLite, "a=sendonly", "a=inactive")));
  const auto silent = read_remote(replaced(kLite, "m=audio 8443", "m=audio 0"));
  ASSERT_TRUE(silent);
  EXPECT_TRUE(silent->audio.none());
}

TEST(RemoteTest, SaysWhatIsMissing) {
  EXPECT_THAT(read_remote("v=0\r\n").error().message, testing::HasSubstr("ICE credentials"));
  EXPECT_THAT(read_remote(replaced(kLite, "H265", "VP8")).error().message,
              testing::HasSubstr("H.264 or H.265"));
}

TEST(RemoteTest, BearsWhatIsNoCandidate) {
  for (const char* line :
       {"", "1 1 udp", "1 1 udp x 10.0.0.5 8443 typ host", "1 1 udp 5 10.0.0.5 84430 typ host",
        "1 1 sctp 5 10.0.0.5 1 typ host", "1 1 tcp 5 10.0.0.5 1 typ host tcptype"}) {
    const auto remote =
        read_remote(std::string(kLite) + "a=candidate:" + line + "\r\na=rtpmap:999 H264/90000\n");
    ASSERT_TRUE(remote) << line;
    EXPECT_LE(remote->candidates.size(), 3U) << line;
  }
}

} // namespace
} // namespace fanlight::load
