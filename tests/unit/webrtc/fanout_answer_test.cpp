// A viewer's offer through the service to webrtcfanout, and the element's answer back.
#include "webrtcfanout/sdp/answer.h"

#include <gmock/gmock.h>

#include "offers.h"
#include "sdp/answer.h"
#include "webrtc/fanout_offer.h"
#include "webrtcfanout/sdp/offer_structure.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp;
using namespace sdp::test;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kExtensions{fanout::extension_uri::kMid,
                                           fanout::extension_uri::kPlayoutDelay,
                                           fanout::extension_uri::kTransportCc};

const fanout::AnswerTransport kTransport{.ice_ufrag = "ours",
                                         .ice_pwd = "0123456789abcdefghijkl",
                                         .fingerprint = "sha-256 AB:CD",
                                         .cname = "fan1",
                                         .stream_id = "front",
                                         .udp = {*fanout::SocketAddress::parse("192.0.2.1", 5000)},
                                         .tcp = {*fanout::SocketAddress::parse("192.0.2.1", 5001)}};

Choices choices_of(const Offer& offer) {
  const std::vector<RtpFormat> video{h265("1", "0", "120"), h264("640028"), {"VP8", 90000, 1, {}}};
  const std::vector<RtpFormat> audio{{"OPUS", 48000, 2, {}}};
  Choices choices;
  for (const auto& media : offer.media) {
    auto choice = choose(media, media.kind == Offer::Kind::video ? video : audio);
    choices.push_back(choice ? std::optional(*choice) : std::nullopt);
  }
  return choices;
}

/// As the element answers what the service has reduced.
std::string element_answer(const GstStructure* structure) {
  std::string why;
  const auto offer = fanout::offer_of(structure, why);
  EXPECT_TRUE(offer) << why;
  if (!offer) return {};
  std::vector<std::optional<fanout::AnsweredMedia>> media;
  for (const auto& offered : offer->media) {
    EXPECT_TRUE(offered.receives);
    EXPECT_EQ(offered.payloads.size(), 1U);
    media.push_back(fanout::AnsweredMedia{.payload = offered.payloads.at(0),
                                          .use_rtx = true,
                                          .use_remb = true,
                                          .use_transport_cc = true,
                                          .extensions = offered.extensions,
                                          .ssrc = 1111,
                                          .rtx_ssrc = 2222});
  }
  return fanout::write_answer(*offer, media, kTransport);
}

std::string answer_through_service(const std::string& offer_text, const AnswerOptions& options) {
  const Offer offer = parsed(offer_text);
  const Choices choices = choices_of(offer);
  const std::string own =
      element_answer(structure_of(reduced_offer(offer, choices, kExtensions)).get());
  auto read = read_answer(own, offer, choices);
  if (read) return write_answer(std::move(*read), offer, choices, options);
  ADD_FAILURE() << read.error().message;
  return {};
}

/// GStreamer's types have to be known.
class FanoutAnswerTest : public testing::Test {
 protected:
  void SetUp() override { gst_init(nullptr, nullptr); }
};

TEST_F(FanoutAnswerTest, ReachesEveryBrowserThroughTheService) {
  for (const auto& name : recorded_names()) {
    SCOPED_TRACE(name);
    const std::string answer = answer_through_service(recorded(name), {{}, kExtensions, {}, true});

    EXPECT_THAT(answer, HasSubstr("a=ice-ufrag:ours\r\na=ice-pwd:0123456789abcdefghijkl\r\n"));
    EXPECT_THAT(answer, HasSubstr("a=fingerprint:sha-256 AB:CD\r\na=setup:passive\r\n"));
    EXPECT_THAT(answer, HasSubstr("a=sendonly\r\n"));
    EXPECT_THAT(answer, HasSubstr("a=msid:front video0\r\n"));
    EXPECT_THAT(answer, HasSubstr("a=ssrc:1111 cname:fan1\r\n"));
    EXPECT_THAT(answer, HasSubstr("a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host\r\n"
                                  "a=candidate:2 1 tcp 1520435199 192.0.2.1 5001 typ host tcptype "
                                  "passive\r\na=end-of-candidates\r\n"));
    EXPECT_THAT(answer, HasSubstr(" nack pli\r\n"));
  }
}

TEST_F(FanoutAnswerTest, KeepsResendingAndCongestionFeedback) {
  const std::string answer = answer_through_service(recorded("chromium-156-linux-video-audio"),
                                                    {{}, kExtensions, {}, true});

  EXPECT_THAT(answer, HasSubstr(" nack\r\n"));
  EXPECT_THAT(answer, HasSubstr(" transport-cc\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=ssrc-group:FID 1111 2222\r\n"));
  EXPECT_THAT(answer, HasSubstr("apt="));
}

TEST_F(FanoutAnswerTest, KeepsWhatTheElementSaysOfItselfAndOfRtcp) {
  const std::string answer = answer_through_service(recorded("chromium-156-linux-video-audio"),
                                                    {{}, kExtensions, {}, true});

  EXPECT_THAT(answer, HasSubstr("a=ice-lite\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=rtcp-rsize\r\na=rtcp-xr:rcvr-rtt=all\r\n"));
}

TEST_F(FanoutAnswerTest, AnnouncesThePublicAddressForTheElementsToo) {
  const std::string answer = answer_through_service(recorded("chromium-156-linux-video"),
                                                    {{"198.51.100.7"}, kExtensions, {}, true});

  EXPECT_THAT(answer, HasSubstr(" 198.51.100.7 5000 typ host"));
  EXPECT_THAT(answer, HasSubstr(" 198.51.100.7 5001 typ host tcptype passive"));
  EXPECT_THAT(answer, Not(HasSubstr("192.0.2.1")));
}

} // namespace
} // namespace fanlight::webrtc
