// Viewers' offers: those of browsers, and those that cannot be served.
#include "webrtcfanout/sdp/offer.h"

#include <gmock/gmock.h>

#include "offers.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

Offer parsed(const std::string& text) {
  std::string why;
  const auto offer = Offer::parse(text, why);
  EXPECT_TRUE(offer) << why;
  return offer.value_or(Offer{});
}

Offer::Media video_of(const std::string& text) {
  const Offer offer = parsed(text);
  EXPECT_FALSE(offer.media.empty());
  return offer.media.empty() ? Offer::Media{} : offer.media[0];
}

/// Why it is refused.
std::string refusal(const std::string& text) {
  std::string why;
  EXPECT_FALSE(Offer::parse(text, why));
  for (const unsigned char c : why) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << why;
  EXPECT_LT(why.size(), 300U);
  return why;
}

std::vector<std::string> names(const Offer::Media& media) {
  std::vector<std::string> result;
  for (const auto& payload : media.payloads) {
    result.push_back(std::to_string(payload.type) + " " + payload.encoding);
    if (payload.rtx) result.back() += " " + std::to_string(*payload.rtx);
  }
  return result;
}

TEST(OfferTest, ReadsChromium) {
  const Offer offer = parsed(browser_offer("chromium-156-linux-video-audio.sdp"));

  EXPECT_EQ(offer.session_id, "3954244222562480343");
  EXPECT_EQ(offer.session_version, "2");
  EXPECT_THAT(offer.bundle, ElementsAre("0", "1"));
  ASSERT_THAT(offer.media, SizeIs(2));
  const Offer::Media& video = offer.media[0];
  EXPECT_EQ(video.type, "video");
  EXPECT_EQ(video.protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_THAT(video.formats, SizeIs(34));
  EXPECT_EQ(video.mid, "0");
  EXPECT_TRUE(video.receives);
  EXPECT_TRUE(video.rtcp_rsize);
  EXPECT_EQ(video.ice_ufrag, "AZog");
  EXPECT_EQ(video.ice_pwd, "DouGyolbIGCOtrHOT3YjRVM2");
  EXPECT_THAT(video.fingerprint, StartsWith("sha-256 46:B3:98:"));
  EXPECT_EQ(video.setup, "actpass");
  EXPECT_THAT(names(video), ElementsAre("96 VP8 97", "98 VP9 99", "100 VP9 101", "35 VP9 36",
                                        "37 VP9 38", "102 H264 103", "104 H264 107", "108 H264 109",
                                        "114 H264 115", "116 H264 117", "39 H264 40", "41 H264 42",
                                        "43 H264 44", "45 AV1 46", "47 AV1 48"));
  const Offer::Payload& h264 = video.payloads[5];
  EXPECT_EQ(h264.clock_rate, 90000);
  EXPECT_EQ(h264.fmtp, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f");
  EXPECT_TRUE(h264.nack && h264.pli && h264.fir && h264.remb && h264.transport_cc);
}

TEST(OfferTest, ReadsTheAudioOfChromium) {
  const Offer offer = parsed(browser_offer("chromium-156-linux-video-audio.sdp"));

  ASSERT_THAT(offer.media, SizeIs(2));
  const Offer::Media& audio = offer.media[1];
  EXPECT_TRUE(audio.receives);
  EXPECT_THAT(names(audio), ElementsAre("111 OPUS", "9 G722", "0 PCMU", "8 PCMA", "13 CN",
                                        "110 TELEPHONE-EVENT", "126 TELEPHONE-EVENT"));
  const Offer::Payload& opus = audio.payloads[0];
  EXPECT_EQ(opus.clock_rate, 48000);
  EXPECT_EQ(opus.channels, 2);
  EXPECT_TRUE(opus.transport_cc);
  EXPECT_FALSE(opus.nack || opus.pli || opus.fir || opus.remb);
  EXPECT_EQ(audio.extensions.size(), 4U);
}

TEST(OfferTest, ReadsFirefoxThatWritesItsAttributesInAnyOrder) {
  const Offer offer = parsed(browser_offer("firefox-with-openh264.sdp"));

  ASSERT_THAT(offer.media, SizeIs(2));
  const Offer::Media& video = offer.media[0];
  EXPECT_THAT(names(video),
              ElementsAre("120 VP8 124", "121 VP9 125", "99 AV1 100", "126 H264", "97 H264"));
  EXPECT_EQ(video.payloads[3].fmtp,
            "profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1");
  // At the session alone.
  EXPECT_THAT(video.fingerprint, StartsWith("sha-256 13:86:2C:"));
  EXPECT_TRUE(offer.media[1].receives);
  EXPECT_FALSE(offer.media[1].rtcp_rsize);
}

TEST(OfferTest, ReadsExtensionsThatAreReceivedOnly) {
  const Offer::Media video = video_of(browser_offer("firefox-with-openh264.sdp"));

  ASSERT_THAT(video.extensions, SizeIs(5));
  EXPECT_EQ(video.extensions[3].id, 6);
  EXPECT_EQ(video.extensions[3].uri, "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay");
  EXPECT_TRUE(video.extensions[3].receive_only);
  EXPECT_FALSE(video.extensions[0].receive_only);
}

TEST(OfferTest, ReadsH265WithAndWithoutParameters) {
  const auto h265_of = [](const Offer::Media& media) {
    std::vector<std::string> fmtp;
    for (const auto& payload : media.payloads)
      if (payload.encoding == "H265") fmtp.push_back(payload.fmtp);
    return fmtp;
  };

  EXPECT_THAT(h265_of(video_of(browser_offer("safari-18-h265.sdp"))), ElementsAre(""));
  EXPECT_THAT(h265_of(video_of(browser_offer("chrome-144-macos-h265.sdp"))),
              ElementsAre(HasSubstr("profile-id=1"), HasSubstr("profile-id=2")));
}

TEST(OfferTest, ReadsEveryBrowsers) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(TEST_DATA) / "offers")) {
    if (entry.path().extension() != ".sdp") continue;
    const Offer::Media video = video_of(browser_offer(entry.path().filename()));
    EXPECT_TRUE(video.receives) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 6U);
}

TEST(OfferTest, ReadsTheSmallestOne) {
  const Offer offer = parsed(kSmallOffer);

  ASSERT_THAT(offer.media, SizeIs(1));
  EXPECT_THAT(names(offer.media[0]), ElementsAre("96 H264 97"));
  EXPECT_EQ(offer.media[0].fingerprint,
            "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33");
  EXPECT_THAT(offer.media[0].extensions, IsEmpty());
}

TEST(OfferTest, TakesASingleMediaThatIsNotBundled) {
  EXPECT_TRUE(video_of(without(kSmallOffer, "a=group:BUNDLE 0")).receives);
}

TEST(OfferTest, ReadsFeedbackForAllPayloadTypes) {
  const auto video = video_of(kSmallOffer + "a=rtcp-fb:* nack pli\na=rtcp-fb:96 ccm fir\n");

  EXPECT_TRUE(video.payloads[0].pli);
  EXPECT_TRUE(video.payloads[0].fir);
  EXPECT_FALSE(video.payloads[0].nack);
}

TEST(OfferTest, FillsInStaticPayloadTypes) {
  const std::string text = with(kSmallOffer, "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
                                "m=audio 9 UDP/TLS/RTP/SAVPF 0 8 77 96 97");

  const Offer::Media audio = video_of(text);

  EXPECT_THAT(names(audio), ElementsAre("0 PCMU", "8 PCMA", "96 H264 97"));
  EXPECT_EQ(audio.payloads[0].clock_rate, 8000);
}

TEST(OfferTest, FindsTheAssociatedTypeAmongOtherParameters) {
  const auto rtx_of = [](const std::string& fmtp) {
    return names(video_of(with(kSmallOffer, "a=fmtp:97 apt=96", "a=fmtp:97 " + fmtp)));
  };

  EXPECT_THAT(rtx_of("rtx-time=3000; apt=96"), ElementsAre("96 H264 97"));
  EXPECT_THAT(rtx_of("apt=96;rtx-time=3000"), ElementsAre("96 H264 97"));
  EXPECT_THAT(rtx_of("apt=97"), ElementsAre("96 H264"));
  EXPECT_THAT(rtx_of("apt=55"), ElementsAre("96 H264"));
  EXPECT_THAT(rtx_of("apt"), ElementsAre("96 H264"));
}

TEST(OfferTest, TakesTheStrongestFingerprint) {
  std::string sha256 = "a=fingerprint:SHA-256 ab";
  for (int i = 0; i < 31; ++i) sha256 += ":cd";

  const auto video = video_of(kSmallOffer + sha256 + "\na=fingerprint:sha-7 AB\n");

  EXPECT_THAT(video.fingerprint, StartsWith("sha-256 AB:CD:CD:"));
}

TEST(OfferTest, InheritsTransportFromTheFirstOfTheBundle) {
  const std::string text = with(kSmallOffer, "BUNDLE 0", "BUNDLE 0 a") +
                           "m=audio 0 UDP/TLS/RTP/SAVPF 0\na=mid:a\na=bundle-only\n"
                           "a=recvonly\na=rtcp-mux\n";

  const Offer offer = parsed(text);

  ASSERT_THAT(offer.media, SizeIs(2));
  EXPECT_TRUE(offer.media[1].receives);
  EXPECT_EQ(offer.media[1].ice_ufrag, "abcd");
  EXPECT_THAT(offer.media[1].fingerprint, StartsWith("sha-1 00:11:"));
  EXPECT_EQ(offer.media[1].setup, "actpass");
}

TEST(OfferTest, ReceivesOnlyWhatIsReceived) {
  const std::string more = "m=audio 0 UDP/TLS/RTP/SAVPF 0\na=mid:a\na=recvonly\n"
                           "m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:b\na=sendonly\n"
                           "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:c\n";

  const Offer offer = parsed(kSmallOffer + more);

  ASSERT_THAT(offer.media, SizeIs(4));
  EXPECT_TRUE(offer.media[0].receives);
  EXPECT_FALSE(offer.media[1].receives); // Rejected.
  EXPECT_FALSE(offer.media[2].receives);
  EXPECT_FALSE(offer.media[3].receives);
  EXPECT_THAT(offer.media[3].formats, ElementsAre("webrtc-datachannel"));
  EXPECT_TRUE(
      video_of(without(kSmallOffer, "a=recvonly")).receives); // sendrecv is what is not said.
}

TEST(OfferTest, LeavesOutExtensionsThatCannotBeSent) {
  const auto video = video_of(kSmallOffer + "a=extmap:0 urn:zero\n"
                                            "a=extmap:15 urn:fifteen\n"
                                            "a=extmap:3/sendonly urn:sendonly\n"
                                            "a=extmap:4/inactive urn:inactive\n"
                                            "a=extmap:5\n"
                                            "a=extmap:-1 urn:negative\n"
                                            "a=extmap:14 urn:good more\n"
                                            "a=extmap:14 urn:again\n"
                                            "a=extmap:13 urn:good\n");

  ASSERT_THAT(video.extensions, SizeIs(1));
  EXPECT_EQ(video.extensions[0].id, 14);
  EXPECT_EQ(video.extensions[0].uri, "urn:good");
}

TEST(OfferTest, NamesTheLineThatIsWrong) {
  EXPECT_EQ(refusal(with(kSmallOffer, "s=-", "s")), "line 3: 's' is not x=value");
  EXPECT_THAT(refusal(with(kSmallOffer, "97\n", "rtp\n")),
              StartsWith("line 6: 'rtp' is not a payload type"));
}

TEST(OfferTest, RefusesWhatIsNoSdp) {
  EXPECT_THAT(refusal(""), HasSubstr("begins with v=0"));
  EXPECT_THAT(refusal("{\"sdp\":\"v=0\"}\x01\xff"), HasSubstr("begins with v=0"));
}

TEST(OfferTest, RefusesWhatIsTooLong) {
  EXPECT_THAT(refusal(std::string(Offer::kMaxSize + 1, 'v')), HasSubstr("the limit is 262144"));
  EXPECT_THAT(refusal(kSmallOffer + "a=" + std::string(17000, 'x') + "\n"),
              HasSubstr("longer than 16384"));
  std::string many = kSmallOffer;
  for (std::size_t i = 0; i < Offer::kMaxMedia; ++i) many += "m=audio 0 RTP/AVP 0\n";
  EXPECT_THAT(refusal(many), HasSubstr("more than 64 m-lines"));
  std::string formats = kSmallOffer + "m=application 9 UDP/DTLS/SCTP";
  for (std::size_t i = 0; i <= Offer::kMaxFormats; ++i) formats += " x";
  EXPECT_THAT(refusal(formats), HasSubstr("more than 128 formats"));
}

TEST(OfferTest, RefusesControlCharactersEverywhere) {
  for (const char c : {'\0', '\x01', '\x0b', '\r', '\x1b', '\x7f'}) {
    const std::string bad = std::string("a=mid:0") + c + "1";
    EXPECT_THAT(refusal(with(kSmallOffer, "a=mid:0", bad)), HasSubstr("control character"));
    EXPECT_THAT(refusal(with(kSmallOffer, "s=-", std::string("s=x") + c + "y")),
                HasSubstr("control character"));
  }
}

TEST(OfferTest, PassesOverAttributesThatAreNotAscii) {
  EXPECT_THAT(video_of(kSmallOffer + "a=fmtp:96 label=\xec\xb9\xb4\n").payloads[0].fmtp, "");
}

TEST(OfferTest, RefusesMediaLinesThatAreNone) {
  for (const char* const line :
       {"m=video", "m=video 9 UDP/TLS/RTP/SAVPF", "m=video x UDP/TLS/RTP/SAVPF 96",
        "m=video 65536 UDP/TLS/RTP/SAVPF 96", "m=video 9 UDP/TLS/RTP/SAVPF 128",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 96", "m=video 9 UDP/TLS/RTP/SAVPF -1",
        "m=vid\xc3\xa9o 9 UDP/TLS/RTP/SAVPF 96"})
    EXPECT_THAT(refusal(with(kSmallOffer, "m=video 9 UDP/TLS/RTP/SAVPF 96 97", line)),
                StartsWith("line 6: "));
}

TEST(OfferTest, RefusesRtpmapsThatAreNone) {
  for (const char* const map :
       {"H264", "H264/0", "H264/x", "/90000", "H264/90000/0", "H 264/90000"})
    EXPECT_THAT(refusal(with(kSmallOffer, "H264/90000", map)), HasSubstr("is not 'a=rtpmap:"));
}

TEST(OfferTest, RefusesAnOfferThatReceivesNothing) {
  EXPECT_THAT(refusal(with(kSmallOffer, "recvonly", "sendonly")), HasSubstr("no media"));
  EXPECT_THAT(refusal(with(kSmallOffer, "recvonly", "inactive")), HasSubstr("no media"));
  EXPECT_THAT(refusal(with(kSmallOffer, "m=video 9", "m=video 0")), HasSubstr("no media"));
  EXPECT_THAT(refusal("v=0\ns=-\n"), HasSubstr("no media"));
}

TEST(OfferTest, RefusesMediaThatAreNotOneBundle) {
  const std::string chromium = browser_offer("chromium-156-linux-video-audio.sdp");

  EXPECT_THAT(refusal(with(chromium, "BUNDLE 0 1", "BUNDLE 0")), HasSubstr("BUNDLE"));
  EXPECT_THAT(refusal(with(chromium, "a=group:BUNDLE 0 1\r\n", "")), HasSubstr("BUNDLE"));
  EXPECT_THAT(refusal(with(chromium, "a=group:BUNDLE 0 1", "a=group:BUNDLE 0\r\na=group:BUNDLE 1")),
              HasSubstr("second BUNDLE"));
}

TEST(OfferTest, RefusesASecondUserNameOrPasswordOfOneMedia) {
  const std::string pwd = "a=ice-pwd:0123456789abcdefghijkl\n";

  EXPECT_THAT(refusal(kSmallOffer + "a=ice-ufrag:efgh\n"), HasSubstr("a second a=ice-ufrag"));
  EXPECT_THAT(refusal(kSmallOffer + pwd), HasSubstr("a second a=ice-pwd"));
  EXPECT_THAT(refusal(with(kSmallOffer, "t=0 0\n", "t=0 0\n" + pwd + pwd)),
              HasSubstr("a second a=ice-pwd"));
}

TEST(OfferTest, RefusesTwoMediaOfOneName) {
  EXPECT_THAT(
      refusal(with(browser_offer("chromium-156-linux-video-audio.sdp"), "a=mid:1", "a=mid:0")),
      HasSubstr("equals that of m-line 0"));
}

TEST(OfferTest, RefusesWhatLacksWhatATransportNeeds) {
  EXPECT_THAT(refusal(without(kSmallOffer, "a=mid:0")), HasSubstr("no a=mid"));
  EXPECT_THAT(refusal(without(kSmallOffer, "a=ice-ufrag:abcd")), HasSubstr("ICE credentials"));
  EXPECT_THAT(refusal(without(kSmallOffer, "a=ice-pwd:0123456789abcdefghijkl")),
              HasSubstr("ICE credentials"));
  EXPECT_THAT(refusal(without(kSmallOffer, "a=setup:actpass")), HasSubstr("no a=setup"));
  EXPECT_THAT(refusal(without(kSmallOffer, "a=rtcp-mux")), HasSubstr("rtcp-mux"));
  EXPECT_THAT(refusal(with(kSmallOffer, "UDP/TLS/RTP/SAVPF", "RTP/AVP")),
              HasSubstr("is not a WebRTC protocol"));
}

TEST(OfferTest, RefusesFingerprintsThatAreNone) {
  for (const char* const fingerprint :
       {"sha-1 00:11", "md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF", "sha-1",
        "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:3G",
        "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22-33"})
    EXPECT_THAT(refusal(with(kSmallOffer,
                             "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33",
                             fingerprint)),
                HasSubstr("no DTLS fingerprint"));
}

TEST(OfferTest, RefusesIceCredentialsThatAreNone) {
  EXPECT_THAT(refusal(with(kSmallOffer, "abcd", "abc")), HasSubstr("ice-ufrag"));
  EXPECT_THAT(refusal(with(kSmallOffer, "ufrag:abcd", "ufrag:ab:cd")), HasSubstr("ice-ufrag"));
  EXPECT_THAT(refusal(with(kSmallOffer, "abcd", std::string(257, 'a'))), HasSubstr("ice-ufrag"));
  EXPECT_THAT(refusal(with(kSmallOffer, "hijkl", "hijk")), HasSubstr("ice-pwd"));
}

TEST(OfferTest, RefusesToBeTheDtlsClient) {
  EXPECT_TRUE(video_of(with(kSmallOffer, "actpass", "active")).receives);
  EXPECT_THAT(refusal(with(kSmallOffer, "actpass", "passive")), HasSubstr("DTLS server"));
  EXPECT_THAT(refusal(with(kSmallOffer, "actpass", "holdconn")), HasSubstr("DTLS server"));
}

TEST(OfferTest, RefusesAnIceLiteViewer) {
  EXPECT_THAT(refusal(behind(kSmallOffer, "t=0 0", "a=ice-lite")), HasSubstr("full ICE agent"));
  for (const char* mid : {"a=mid:0", "a=group:BUNDLE 0"})
    EXPECT_THAT(refusal(with(kSmallOffer, mid, std::string(mid) + "\xc3\xa9")),
                HasSubstr("a mid is not a token"));
}

TEST(OfferTest, NamesTheCredentialsOfItsTransportHoweverManyOthersThereAre) {
  std::string others;
  for (int i = 1; i <= 5; ++i) {
    const std::string n = std::to_string(i);
    others += "m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:" + n + "\na=ice-ufrag:more" + n +
              "\na=ice-pwd:0123456789abcdefghijk" + n + "\na=sendonly\n";
  }
  const Offer offer = parsed(with(kSmallOffer, "m=video", others + "m=video"));

  const auto credentials = offer.credentials();

  ASSERT_THAT(credentials, SizeIs(Offer::kMaxCredentials));
  EXPECT_EQ(credentials[0].ufrag, "abcd");
  EXPECT_EQ(credentials[0].password, "0123456789abcdefghijkl");
  EXPECT_EQ(credentials[1].ufrag, "more1");
  EXPECT_EQ(offer.transport()->mid, "0");
}

} // namespace
} // namespace fanlight::fanout
