// What viewers are answered, line by line.
#include "webrtcfanout/sdp/answer.h"

#include <gmock/gmock.h>

#include "offers.h"

namespace fanlight::fanout {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

Offer parsed(const std::string& text) {
  std::string why;
  const auto offer = Offer::parse(text, why);
  EXPECT_TRUE(offer) << why;
  return offer.value_or(Offer{});
}

const AnswerTransport kTransport{
    .ice_ufrag = "ours",
    .ice_pwd = "0123456789abcdefghijkl",
    .fingerprint = "sha-256 AB:CD",
    .cname = "fan1",
    .stream_id = "front",
    .udp = {*SocketAddress::parse("192.0.2.1", 5000), *SocketAddress::parse("2001:db8::1", 5000)},
    .tcp = {*SocketAddress::parse("192.0.2.1", 5001)}};

/// The media's payload type with everything that it offers.
AnsweredMedia everything(const Offer::Media& media, int type) {
  AnsweredMedia answered{
      .use_rtx = true, .use_remb = true, .use_transport_cc = true, .ssrc = 1111, .rtx_ssrc = 2222};
  for (const auto& payload : media.payloads)
    if (payload.type == type) answered.payload = payload;
  for (const auto& extension : media.extensions)
    if (extension.uri == extension_uri::kPlayoutDelay || extension.uri == extension_uri::kMid)
      answered.extensions.push_back(extension);
  return answered;
}

/// The lines, the session's first, then a list for each media.
std::vector<std::vector<std::string>> parts_of(const std::string& answer) {
  std::vector<std::vector<std::string>> parts(1);
  for (std::size_t at = 0; at < answer.size();) {
    const auto end = answer.find("\r\n", at);
    EXPECT_NE(end, std::string::npos) << "a line without its end";
    if (end == std::string::npos) break;
    const std::string line = answer.substr(at, end - at);
    EXPECT_GE(line.size(), 3U);
    for (const unsigned char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
    if (line.starts_with("m=")) parts.emplace_back();
    parts.back().push_back(line);
    at = end + 2;
  }
  return parts;
}

std::vector<std::string> starting_with(const std::vector<std::string>& lines,
                                       const std::string& start) {
  std::vector<std::string> result;
  for (const auto& line : lines)
    if (line.starts_with(start)) result.push_back(line);
  return result;
}

const std::string kChromium = browser_offer("chromium-156-linux-video-audio.sdp");

class AnswerTest : public testing::Test {
 protected:
  const Offer offer_ = parsed(kChromium);
  std::vector<std::vector<std::string>> answer(bool video = true, bool audio = true) const {
    std::vector<std::optional<AnsweredMedia>> media(2);
    if (video) media[0] = everything(offer_.media[0], 102);
    if (audio) media[1] = everything(offer_.media[1], 111);
    return parts_of(write_answer(offer_, media, kTransport));
  }
};

TEST_F(AnswerTest, AnswersTheWholeOfASmallOffer) {
  const Offer offer = parsed(kSmallOffer);

  const std::string text = write_answer(offer, {everything(offer.media[0], 96)}, kTransport);

  ASSERT_THAT(parts_of(text), SizeIs(2));
  EXPECT_THAT(parts_of(text)[0],
              ElementsAre("v=0", "o=- 42 7 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
                          "a=ice-lite", "a=msid-semantic: WMS *"));
  EXPECT_THAT(parts_of(text)[1],
              ElementsAre("m=video 9 UDP/TLS/RTP/SAVPF 96 97", "c=IN IP4 0.0.0.0", "a=mid:0",
                          "a=ice-ufrag:ours", "a=ice-pwd:0123456789abcdefghijkl",
                          "a=fingerprint:sha-256 AB:CD", "a=setup:passive", "a=sendonly",
                          "a=rtcp-mux", "a=rtpmap:96 H264/90000", "a=rtpmap:97 rtx/90000",
                          "a=fmtp:97 apt=96", "a=msid:front video0", "a=ssrc-group:FID 1111 2222",
                          "a=ssrc:1111 cname:fan1", "a=ssrc:1111 msid:front video0",
                          "a=ssrc:2222 cname:fan1", "a=ssrc:2222 msid:front video0",
                          "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
                          "a=candidate:2 1 udp 2130706175 2001:db8::1 5000 typ host",
                          "a=candidate:3 1 tcp 1520435199 192.0.2.1 5001 typ host tcptype passive",
                          "a=end-of-candidates"));
}

TEST_F(AnswerTest, LeavesTheFirstOfTheBundleInactiveWhereNothingIsSentOnIt) {
  const auto parts = answer(false, true);

  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_THAT(parts[0], Contains("a=group:BUNDLE 0 1"));
  EXPECT_THAT(parts[1], IsSupersetOf({"a=mid:0", "a=inactive", "a=rtcp-mux", "a=ice-ufrag:ours",
                                      "a=fingerprint:sha-256 AB:CD", "a=end-of-candidates"}));
  EXPECT_THAT(parts[1][0], HasSubstr("m=video 9 "));
  EXPECT_THAT(parts[2], Contains("a=sendonly"));
}

TEST_F(AnswerTest, RepeatsTheCandidatesWhereSomethingIsSent) {
  const auto parts = answer(false, true);

  EXPECT_THAT(starting_with(parts[1], "a=candidate"), SizeIs(3));
  EXPECT_EQ(starting_with(parts[2], "a=candidate"), starting_with(parts[1], "a=candidate"));
  EXPECT_THAT(parts[2], Contains("a=end-of-candidates"));
}

TEST_F(AnswerTest, AnswersTheCodecAsItWasOffered) {
  const auto parts = answer();

  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts[1][0], "m=video 9 UDP/TLS/RTP/SAVPF 102 103");
  EXPECT_EQ(parts[2][0], "m=audio 9 UDP/TLS/RTP/SAVPF 111");
  EXPECT_THAT(starting_with(parts[1], "a=rtpmap"),
              ElementsAre("a=rtpmap:102 H264/90000", "a=rtpmap:103 rtx/90000"));
  EXPECT_THAT(starting_with(parts[1], "a=fmtp"),
              ElementsAre("a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;"
                          "profile-level-id=42001f",
                          "a=fmtp:103 apt=102"));
  EXPECT_THAT(starting_with(parts[2], "a=rtpmap"), ElementsAre("a=rtpmap:111 opus/48000/2"));
  EXPECT_THAT(starting_with(parts[2], "a=fmtp"),
              ElementsAre("a=fmtp:111 minptime=10;useinbandfec=1"));
}

TEST_F(AnswerTest, AnswersTheFeedbackThatIsOfferedAndOfUse) {
  EXPECT_THAT(starting_with(answer()[1], "a=rtcp-fb"),
              ElementsAre("a=rtcp-fb:102 goog-remb", "a=rtcp-fb:102 transport-cc",
                          "a=rtcp-fb:102 ccm fir", "a=rtcp-fb:102 nack", "a=rtcp-fb:102 nack pli"));
  EXPECT_THAT(starting_with(answer()[2], "a=rtcp-fb"), ElementsAre("a=rtcp-fb:111 transport-cc"));

  AnsweredMedia without = everything(offer_.media[0], 102);
  without.use_remb = without.use_transport_cc = false;
  EXPECT_THAT(starting_with(parts_of(write_answer(offer_, {without}, kTransport))[1], "a=rtcp-fb"),
              ElementsAre("a=rtcp-fb:102 ccm fir", "a=rtcp-fb:102 nack", "a=rtcp-fb:102 nack pli"));
}

TEST_F(AnswerTest, AnswersWithoutRtxWhereItIsNotUsedOrNotOffered) {
  AnsweredMedia unused = everything(offer_.media[0], 102);
  unused.use_rtx = false;
  AnsweredMedia unoffered = everything(offer_.media[0], 102);
  unoffered.payload.rtx.reset();

  for (const auto& media : {unused, unoffered}) {
    const std::string text = write_answer(offer_, {media}, kTransport);
    EXPECT_EQ(parts_of(text)[1][0], "m=video 9 UDP/TLS/RTP/SAVPF 102");
    EXPECT_THAT(text, Not(HasSubstr("rtx")));
    EXPECT_THAT(text, Not(HasSubstr("FID")));
    EXPECT_THAT(text, Not(HasSubstr("2222")));
  }
}

TEST_F(AnswerTest, HasTheExtensionsWithTheirOfferedIds) {
  EXPECT_THAT(starting_with(answer()[1], "a=extmap"),
              ElementsAre(std::string("a=extmap:5 ") + extension_uri::kPlayoutDelay,
                          std::string("a=extmap:9 ") + extension_uri::kMid));
}

TEST_F(AnswerTest, SendsExtensionsThatAreReceivedOnly) {
  const Offer firefox = parsed(browser_offer("firefox-with-openh264.sdp"));

  const auto parts =
      parts_of(write_answer(firefox, {everything(firefox.media[0], 126)}, kTransport));

  EXPECT_THAT(starting_with(parts[1], "a=extmap"),
              ElementsAre(std::string("a=extmap:3 ") + extension_uri::kMid,
                          std::string("a=extmap:6/sendonly ") + extension_uri::kPlayoutDelay));
}

TEST_F(AnswerTest, KeepsWhatIsNotAnsweredInactiveInTheBundle) {
  const auto parts = answer(true, false);

  EXPECT_THAT(parts[0], Contains("a=group:BUNDLE 0 1"));
  EXPECT_THAT(parts[2],
              ElementsAre("m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:1",
                          "a=ice-ufrag:ours", "a=ice-pwd:0123456789abcdefghijkl",
                          "a=fingerprint:sha-256 AB:CD", "a=setup:passive", "a=inactive",
                          "a=rtcp-mux", "a=rtpmap:111 opus/48000/2"));
}

TEST_F(AnswerTest, RejectsWhatTheOfferRejectsWithTheLinesThatGStreamerWants) {
  const Offer offer = parsed(with(kChromium, "m=audio 9", "m=audio 0"));

  const auto parts = parts_of(write_answer(offer, {everything(offer.media[0], 102)}, kTransport));

  EXPECT_THAT(parts[0], Contains("a=group:BUNDLE 0"));
  EXPECT_THAT(parts[2],
              ElementsAre("m=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126", "c=IN IP4 0.0.0.0",
                          "a=mid:1", "a=ice-ufrag:ours", "a=ice-pwd:0123456789abcdefghijkl",
                          "a=fingerprint:sha-256 AB:CD", "a=setup:passive", "a=inactive"));
}

TEST_F(AnswerTest, RejectsEverythingWithoutAnyMedia) {
  const auto parts = parts_of(write_answer(offer_, {}, kTransport));

  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_THAT(starting_with(parts[0], "a=group"), IsEmpty());
  for (const std::size_t i : {1, 2}) EXPECT_THAT(parts[i], Contains("a=inactive"));
}

TEST_F(AnswerTest, HasTheCandidatesOnceAtTheFirstOfTheBundle) {
  const auto both = answer();

  EXPECT_THAT(starting_with(both[1], "a=candidate"), SizeIs(3));
  EXPECT_THAT(starting_with(both[2], "a=candidate"), IsEmpty());
}

TEST_F(AnswerTest, FollowsTheOrderOfTheBundle) {
  const Offer turned = parsed(with(kChromium, "BUNDLE 0 1", "BUNDLE 1 0"));

  const auto parts = parts_of(write_answer(
      turned, {everything(turned.media[0], 102), everything(turned.media[1], 111)}, kTransport));

  EXPECT_THAT(parts[0], Contains("a=group:BUNDLE 1 0"));
  EXPECT_THAT(starting_with(parts[1], "a=candidate"), IsEmpty());
  EXPECT_THAT(starting_with(parts[2], "a=candidate"), SizeIs(3));
}

TEST_F(AnswerTest, KeepsSoundAndPictureInOneStream) {
  const auto parts = answer();

  EXPECT_THAT(parts[1], Contains("a=msid:front video0"));
  EXPECT_THAT(parts[2], Contains("a=msid:front audio1"));
}

TEST_F(AnswerTest, AnswersReducedSizeRtcpWhereItIsOffered) {
  const Offer firefox = parsed(browser_offer("firefox-with-openh264.sdp"));

  const auto parts = parts_of(write_answer(
      firefox, {everything(firefox.media[0], 126), everything(firefox.media[1], 109)}, kTransport));

  EXPECT_THAT(parts[1], Contains("a=rtcp-rsize"));
  EXPECT_THAT(parts[2], Not(Contains("a=rtcp-rsize")));
}

TEST_F(AnswerTest, PromisesTheRoundTripWhereItIsAskedFor) {
  const auto asked = [&](const std::string& line) {
    const Offer offer = parsed(with(kSmallOffer, "a=rtcp-mux\n", "a=rtcp-mux\n" + line));
    return parts_of(write_answer(offer, {everything(offer.media[0], 96)}, kTransport))[1];
  };

  EXPECT_THAT(asked("a=rtcp-xr:rcvr-rtt=all\n"), Contains("a=rtcp-xr:rcvr-rtt=all"));
  EXPECT_THAT(asked("a=rtcp-xr:stat-summary=loss rcvr-rtt=sender:100\n"),
              Contains("a=rtcp-xr:rcvr-rtt=all"));
  EXPECT_THAT(starting_with(asked("a=rtcp-xr:voip-metrics\n"), "a=rtcp-xr"), IsEmpty());
  EXPECT_THAT(starting_with(asked(""), "a=rtcp-xr"), IsEmpty());
}

TEST_F(AnswerTest, AnswersASingleMediaThatIsNotBundled) {
  const Offer offer = parsed(without(kSmallOffer, "a=group:BUNDLE 0"));

  const auto parts = parts_of(write_answer(offer, {everything(offer.media[0], 96)}, kTransport));

  EXPECT_THAT(starting_with(parts[0], "a=group"), IsEmpty());
  EXPECT_THAT(starting_with(parts[1], "a=candidate"), SizeIs(3));
}

TEST_F(AnswerTest, AnswersEveryBrowser) {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(TEST_DATA) / "offers")) {
    if (entry.path().extension() != ".sdp") continue;
    const Offer offer = parsed(browser_offer(entry.path().filename()));
    std::vector<std::optional<AnsweredMedia>> media;
    for (const auto& offered : offer.media)
      media.emplace_back(everything(offered, offered.payloads.at(0).type));

    const auto parts = parts_of(write_answer(offer, media, kTransport));

    ASSERT_THAT(parts, SizeIs(offer.media.size() + 1)) << entry.path();
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
      const std::vector<std::string> needed{"a=mid:" + offer.media[i].mid, "a=sendonly",
                                            "a=rtcp-mux", "a=setup:passive"};
      EXPECT_THAT(parts[i + 1], IsSupersetOf(needed)) << entry.path();
    }
  }
}

} // namespace
} // namespace fanlight::fanout
