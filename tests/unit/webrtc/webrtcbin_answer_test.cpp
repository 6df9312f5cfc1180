#include "webrtc/webrtcbin_transport.h"
#include "webrtc/webrtcbin_tuning.h"

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "offers.h"
#include "support/fake_media_source.h"
#include "support/turn_until.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp::test;
using testing::HasSubstr;
using testing::Not;

/// Hears what the transport says, on the default main context.
struct Heard : ViewerTransport::Observer {
  std::optional<std::string> answer;
  std::string failure;

  void on_transport_answer(const std::string& sdp) override { answer = sdp; }
  void on_transport_candidate(const sdp::Candidate&) override {}
  void on_transport_state(ViewerTransport::State, const std::string&) override {}
  void on_transport_failed(const std::string& why) override { failure = why; }
};

/// A real webrtcbin, running, without a camera.
class WebrtcbinAnswerTest : public testing::Test {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    camera_ = std::make_unique<fanlight::test::FakeMediaSource>();
  }

  /// The answer to `text`, complete with candidates; fails the test if none comes.
  std::string answer_to(const std::string& text, const std::vector<RtpFormat>& video,
                        const std::vector<RtpFormat>& audio) {
    const sdp::Offer offer = parsed(text);
    sdp::Choices choices;
    for (const auto& media : offer.media) {
      auto choice = sdp::choose(media, media.kind == sdp::Offer::Kind::video ? video : audio);
      choices.push_back(choice ? std::optional(*choice) : std::nullopt);
    }
    auto heard = std::make_shared<Heard>();
    IceSettings ice;
    ice.client_address = "127.0.0.1";
    auto transport = WebrtcbinTransport::create("test", ice, *camera_, heard);
    if (!transport) {
      ADD_FAILURE() << transport.error().message;
      return {};
    }
    gst_element_set_state(camera_->pipeline(), GST_STATE_PLAYING);
    const auto accepted = (*transport)->accept(offer, choices, true);
    EXPECT_TRUE(accepted) << accepted.error().message;
    fanlight::test::turn_until([&] { return heard->answer || !heard->failure.empty(); },
                               "an answer");
    EXPECT_EQ(heard->failure, "");
    return heard->answer.value_or("");
  }

  std::unique_ptr<fanlight::test::FakeMediaSource> camera_;
};

TEST_F(WebrtcbinAnswerTest, SendsInEveryRecordedOfferWhatWasChosen) {
  for (const auto& name : recorded_names()) {
    SCOPED_TRACE(name);
    const std::string text = recorded(name);

    const std::string sdp =
        answer_to(text, {h265("1", "0", "120"), h264("640028")}, {{"PCMA", 8000, 1, {}}});

    const sdp::Offer offer = parsed(text);
    const sdp::Offer answer = parsed(as_offer(sdp));
    ASSERT_EQ(answer.media.size(), offer.media.size());
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
      EXPECT_EQ(answer.media[i].mid, offer.media[i].mid);
    }
    EXPECT_THAT(sdp, HasSubstr("a=candidate:"));
    EXPECT_THAT(sdp, HasSubstr(" msid:"));
  }
}

TEST_F(WebrtcbinAnswerTest, OffersRetransmissionWithItsOwnSsrcSecond) {
  const std::string sdp = answer_to(plain(), {h264("42e01f")}, {});

  EXPECT_THAT(sdp, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=rtcp-fb:102 nack\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=fmtp:103 apt=102\r\n"));
  EXPECT_THAT(sdp, HasSubstr("a=ssrc-group:FID "));
  EXPECT_THAT(sdp, Not(HasSubstr("a=ssrc-group:FID 0 ")));
}

TEST_F(WebrtcbinAnswerTest, SendsWithoutRetransmissionWhereItIsNotOffered) {
  const std::string sdp =
      answer_to(recorded("firefox-with-openh264"), {h264("42e01f")}, {{"OPUS", 48000, 2, {}}});

  EXPECT_THAT(sdp, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 126\r\n"));
  EXPECT_THAT(sdp, Not(HasSubstr("ssrc-group")));
  EXPECT_THAT(sdp, HasSubstr("m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n"));
}

TEST_F(WebrtcbinAnswerTest, SendsSoundAloneWhereTheVideoIsRefused) {
  const std::string sdp = answer_to(recorded("firefox-153esr-linux-no-openh264"), {h264("640028")},
                                    {{"PCMU", 8000, 1, {}}});

  EXPECT_THAT(sdp, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_THAT(sdp, HasSubstr("m=video 9 "));
  EXPECT_THAT(sdp, HasSubstr("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"));
  EXPECT_LT(sdp.find("a=candidate:"), sdp.find("m=audio"));
}

TEST(RetransmissionPacketsTest, AreHalfASecondOfTheStreamWithinBounds) {
  EXPECT_EQ(retransmission_packets(0), 512U);
  EXPECT_EQ(retransmission_packets(300'000), 128U);
  EXPECT_EQ(retransmission_packets(8'800'000), 500U);
  EXPECT_EQ(retransmission_packets(100'000'000), 1024U);
}

} // namespace
} // namespace fanlight::webrtc
