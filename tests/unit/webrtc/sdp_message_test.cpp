#include "webrtc/sdp_message.h"

#include <gtest/gtest.h>

#include "offers.h"
#include "sdp/answer.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp::test;

TEST(SdpMessageTest, SaysWhatTheReducedOfferSays) {
  const sdp::Offer offer =
      parsed(plain_with_audio() + "a=rtcp-rsize\r\na=rtcp-xr:rcvr-rtt=all\r\n"
                                  "a=candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host\r\n");
  const std::vector<RtpFormat> video{h264("42e01f")};
  const std::vector<RtpFormat> audio{{"OPUS", 48000, 2, {}}};
  const sdp::Choices choices{*sdp::choose(offer.media[0], video),
                             *sdp::choose(offer.media[1], audio)};
  const std::string transport =
      "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:"
      "EE:FF\r\na=setup:actpass\r\n";

  const SdpMessagePtr message = message_of(sdp::reduced_offer(
      offer, choices, {"http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"}));

  EXPECT_EQ(take_string(gst_sdp_message_as_text(message.get())),
            "v=0\r\no=- 4711 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
            "a=ice-options:trickle\r\nm=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n"
            "c=IN IP4 0.0.0.0\r\na=mid:0\r\n" +
                transport +
                "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
                "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:102 H264/90000\r\n"
                "a=rtcp-fb:102 nack\r\na=rtcp-fb:102 nack pli\r\na=rtcp-fb:102 ccm fir\r\n"
                "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n"
                "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n" +
                transport +
                "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtcp-xr:rcvr-rtt=all\r\n"
                "a=rtpmap:111 opus/48000/2\r\n"
                "a=candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host\r\n");
}

/// webrtcbin gets what a reader of the text would have made of it.
TEST(SdpMessageTest, IsTheMessageThatItsTextIsReadAs) {
  for (const auto& name : recorded_names()) {
    SCOPED_TRACE(name);
    const sdp::Offer offer = parsed(recorded(name));
    const std::vector<RtpFormat> formats{
        h265("1", "0", "120"), h264("640028"), {"OPUS", 48000, 2, {}}};
    sdp::Choices choices;
    for (const auto& media : offer.media) {
      auto choice = sdp::choose(media, formats);
      choices.push_back(choice ? std::optional(*choice) : std::nullopt);
    }

    const SdpMessagePtr message = message_of(sdp::reduced_offer(offer, choices, {}));

    const std::string text = take_string(gst_sdp_message_as_text(message.get()));
    GstSDPMessage* raw = nullptr;
    ASSERT_EQ(gst_sdp_message_new_from_text(text.c_str(), &raw), GST_SDP_OK);
    const SdpMessagePtr read{raw};
    ASSERT_GT(gst_sdp_message_medias_len(message.get()), 0U);
    ASSERT_EQ(gst_sdp_message_medias_len(read.get()), gst_sdp_message_medias_len(message.get()));
    for (guint i = 0; i < gst_sdp_message_medias_len(raw); ++i) {
      const GstSDPMedia* const is = gst_sdp_message_get_media(message.get(), i);
      const GstSDPMedia* const expected = gst_sdp_message_get_media(raw, i);
      EXPECT_EQ(gst_sdp_media_get_num_ports(is), gst_sdp_media_get_num_ports(expected));
      ASSERT_EQ(gst_sdp_media_attributes_len(is), gst_sdp_media_attributes_len(expected));
      for (guint j = 0; j < gst_sdp_media_attributes_len(is); ++j) {
        EXPECT_STREQ(gst_sdp_media_get_attribute(is, j)->key,
                     gst_sdp_media_get_attribute(expected, j)->key);
        EXPECT_STREQ(gst_sdp_media_get_attribute(is, j)->value,
                     gst_sdp_media_get_attribute(expected, j)->value);
      }
    }
  }
}

} // namespace
} // namespace fanlight::webrtc
