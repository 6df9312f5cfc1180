#include "sdp/offer.h"

#include <gtest/gtest.h>

#include "offers.h"

namespace fanlight::sdp {
namespace {

using namespace test;
using Kind = Offer::Kind;
using Direction = Offer::Direction;

std::string error_of(std::string_view text) {
  auto offer = Offer::parse(text);
  if (offer) return "parsed";
  EXPECT_EQ(offer.error().code, Errc::invalid);
  EXPECT_EQ(offer.error().message.rfind("reading the offer: ", 0), 0u) << offer.error().message;
  return offer.error().message;
}

void expect_error(std::string_view text, std::string_view words) {
  const std::string message = error_of(text);
  EXPECT_NE(message.find(words), std::string::npos) << message;
}

TEST(OfferTest, ReadsEveryRecordedOffer) {
  ASSERT_GE(recorded_names().size(), 6u);
  for (const auto& name : recorded_names()) {
    SCOPED_TRACE(name);
    const Offer offer = parsed(recorded(name));
    ASSERT_FALSE(offer.media.empty());
    EXPECT_EQ(offer.bundle.size(), offer.media.size());
    for (const auto& media : offer.media) {
      EXPECT_TRUE(media.receives());
      EXPECT_TRUE(media.bundled);
      EXPECT_TRUE(media.rtcp_mux);
      EXPECT_FALSE(media.mid.empty());
      EXPECT_FALSE(media.transport.ice_pwd.empty());
      EXPECT_EQ(media.transport.fingerprint.rfind("sha-256 ", 0), 0u);
      EXPECT_EQ(media.transport.setup, "actpass");
      EXPECT_EQ(media.formats.size(), media.payloads.size());
    }
  }
}

TEST(OfferTest, ReadsWhatChromiumOffers) {
  const Offer offer = parsed(recorded("chromium-156-linux-video-audio"));

  EXPECT_EQ(offer.session_id, "3954244222562480343");
  EXPECT_EQ(offer.bundle, (std::vector<std::string>{"0", "1"}));
  ASSERT_EQ(offer.media.size(), 2u);
  const Offer::Media& video = offer.media[0];
  EXPECT_EQ(video.kind, Kind::video);
  EXPECT_EQ(video.mid, "0");
  EXPECT_EQ(video.port, 9);
  EXPECT_EQ(video.direction, Direction::recvonly);
  EXPECT_EQ(video.transport.ice_ufrag, "AZog");
  EXPECT_EQ(video.transport.ice_pwd, "DouGyolbIGCOtrHOT3YjRVM2");
  EXPECT_EQ(video.payloads.size(), 34u);
  EXPECT_EQ(video.payloads[0].type, 96);
  EXPECT_EQ(video.payloads[0].format.encoding, "VP8");
  EXPECT_EQ(video.payloads[0].rtx, 97);
  const Offer::Payload* h264 = video.find(108);
  ASSERT_NE(h264, nullptr);
  EXPECT_EQ(h264->format.encoding, "H264");
  EXPECT_EQ(h264->format.clock_rate, 90000);
  EXPECT_EQ(h264->format.fmtp.at("profile-level-id"), "42e01f");
  EXPECT_EQ(h264->format.fmtp.at("packetization-mode"), "1");
  EXPECT_EQ(h264->rtx, 109);
  EXPECT_TRUE(h264->has_feedback("nack pli"));
  EXPECT_FALSE(h264->has_feedback("ack"));
  ASSERT_NE(video.find_extension("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"),
            nullptr);
  EXPECT_EQ(video.find_extension("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay")->id,
            5);
  EXPECT_EQ(video.candidates.size(), 2u);
  EXPECT_EQ(video.candidates[0].rfind("candidate:3256278274 1 udp ", 0), 0u);

  const Offer::Media& audio = offer.media[1];
  EXPECT_EQ(audio.kind, Kind::audio);
  EXPECT_EQ(audio.payloads[0].format.encoding, "OPUS");
  EXPECT_EQ(audio.payloads[0].format.clock_rate, 48000);
  EXPECT_EQ(audio.payloads[0].format.channels, 2);
  EXPECT_EQ(audio.payloads[0].format.fmtp.at("useinbandfec"), "1");
}

TEST(OfferTest, TakesTheSessionsFingerprintAndOneWayExtensionsOfFirefox) {
  const Offer offer = parsed(recorded("firefox-153esr-linux-no-openh264"));

  const Offer::Media& video = offer.media[0];
  EXPECT_EQ(video.transport.fingerprint.rfind("sha-256 13:86:2C", 0), 0u);
  EXPECT_EQ(video.direction, Direction::recvonly); // Not the session's sendrecv.
  const auto* delay =
      video.find_extension("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay");
  ASSERT_NE(delay, nullptr);
  EXPECT_EQ(delay->id, 6);
  EXPECT_EQ(delay->direction, Direction::recvonly);
}

TEST(OfferTest, KeepsAnH265WithoutParametersAsItIs) {
  const Offer offer = parsed(recorded("safari-18-h265"));

  const Offer::Payload* h265 = offer.media[0].find(104);
  ASSERT_NE(h265, nullptr);
  EXPECT_EQ(h265->format.encoding, "H265");
  EXPECT_TRUE(h265->format.fmtp.empty());
  EXPECT_EQ(h265->rtx, 105);
}

TEST(OfferTest, ReadsBareLineFeedsAsWell) {
  const Offer offer = parsed(with_every(plain_with_audio(), "\r\n", "\n"));

  EXPECT_EQ(offer.media.size(), 2u);
  EXPECT_EQ(offer.media[0].transport.ice_pwd, "abcdefghijklmnopqrstuvwx");
}

TEST(OfferTest, NeedsNoLineEndAtTheEnd) {
  std::string text = plain();
  text.resize(text.size() - 2);
  EXPECT_EQ(parsed(text).media[0].payloads[1].rtx, 103);
}

TEST(OfferTest, ForgivesOddSpacingAndCase) {
  const std::string text = video_of("  102   103 ", "a=rtpmap:102   h264/90000\r\n"
                                                    "\r\n"
                                                    "  a=fmtp:102  Packetization-Mode=1 ;  "
                                                    "PROFILE-LEVEL-ID = 42E01F;;\r\n"
                                                    "a=rtcp-fb:102\tnack   pli\r\n"
                                                    "a=rtpmap:103 RTX/90000\r\n"
                                                    "a=fmtp:103 APT=102\r\n");
  const Offer offer = parsed(text);

  const Offer::Payload& h264 = offer.media[0].payloads[0];
  EXPECT_EQ(h264.format.encoding, "H264");
  EXPECT_EQ(h264.format.fmtp.at("packetization-mode"), "1");
  EXPECT_EQ(h264.format.fmtp.at("profile-level-id"), "42E01F");
  EXPECT_EQ(h264.rtx, 103);
}

TEST(OfferTest, KnowsTheStaticPayloadTypesOfAudio) {
  const Offer offer = parsed(plain_with_audio());

  EXPECT_EQ(offer.media[1].find(0)->format.encoding, "PCMU");
  EXPECT_EQ(offer.media[1].find(0)->format.clock_rate, 8000);
  EXPECT_EQ(offer.media[1].find(8)->format.encoding, "PCMA");
}

TEST(OfferTest, GivesFeedbackOfTheStarToEveryPayloadType) {
  const Offer offer = parsed(plain() + "a=rtcp-fb:* nack rpsi\r\n");

  for (const auto& payload : offer.media[0].payloads) {
    EXPECT_TRUE(payload.has_feedback("nack rpsi")) << payload.type;
  }
}

TEST(OfferTest, KeepsTheFirstOfTwoThatContradictEachOther) {
  const Offer offer = parsed(plain() + "a=rtpmap:102 VP9/90000\r\n"
                                       "a=fmtp:102 packetization-mode=0\r\n"
                                       "a=rtpmap:104 VP9/90000\r\n");

  EXPECT_EQ(offer.media[0].find(102)->format.encoding, "H264");
  EXPECT_EQ(offer.media[0].find(102)->format.fmtp.at("packetization-mode"), "1");
  EXPECT_EQ(offer.media[0].find(104), nullptr); // Not in the m-line.
}

TEST(OfferTest, DoesNotTakeARetransmissionOfARetransmission) {
  const Offer offer = parsed(video_of("97 98", "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=98\r\n"
                                               "a=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\n"));
  EXPECT_FALSE(offer.media[0].payloads[0].rtx);
  EXPECT_FALSE(offer.media[0].payloads[1].rtx);
}

TEST(OfferTest, TakesTheStrongestFingerprint) {
  const Offer offer = parsed(plain() + "a=fingerprint:sha-1 "
                                       "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33"
                                       "\r\na=fingerprint:sha-999 00:11\r\n");
  EXPECT_EQ(offer.media[0].transport.fingerprint.rfind("sha-256 ", 0), 0u);
}

TEST(OfferTest, TakesTransportFromTheSessionOrTheBundle) {
  std::string text = plain_with_audio();
  const auto audio = text.find("m=audio");
  std::string tail = text.substr(audio);
  tail = without(without(without(without(tail, "a=ice-ufrag"), "a=ice-pwd"), "a=fingerprint"),
                 "a=setup");
  tail = with(tail, "m=audio 9", "m=audio 0") + "a=bundle-only\r\n";

  const Offer offer = parsed(text.substr(0, audio) + tail);

  EXPECT_TRUE(offer.media[1].receives());
  EXPECT_EQ(offer.media[1].transport.ice_ufrag, "abcd");
  EXPECT_EQ(offer.media[1].transport.setup, "actpass");

  std::string session = without(without(plain(), "a=ice-ufrag"), "a=ice-pwd");
  session = with(session, "t=0 0\r\n",
                 "t=0 0\r\na=ice-ufrag:efgh\r\na=ice-pwd:0123456789012345678901\r\n");
  EXPECT_EQ(parsed(session).media[0].transport.ice_ufrag, "efgh");
}

TEST(OfferTest, LeavesRejectedMediaAndDataChannelsAlone) {
  const std::string text = with(plain(), "BUNDLE 0", "BUNDLE 0 2") +
                           "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\n"
                           "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n"
                           "a=sctp-port:5000\r\n";
  const Offer offer = parsed(text);

  ASSERT_EQ(offer.media.size(), 3u);
  EXPECT_TRUE(offer.media[1].rejected);
  EXPECT_FALSE(offer.media[1].receives());
  EXPECT_EQ(offer.media[2].kind, Kind::other);
  EXPECT_EQ(offer.media[2].formats, std::vector<std::string>{"webrtc-datachannel"});
  EXPECT_FALSE(offer.media[2].receives());
}

TEST(OfferTest, TakesTwoVideosOfWhichOneReceives) {
  const std::string second = with(plain().substr(plain().find("m=video")), "a=mid:0", "a=mid:1");
  const std::string text =
      with(plain(), "BUNDLE 0", "BUNDLE 0 1") + with(second, "a=recvonly", "a=inactive");
  const Offer offer = parsed(text);

  EXPECT_TRUE(offer.media[0].receives());
  EXPECT_FALSE(offer.media[1].receives());
}

TEST(OfferTest, HasNoDirectionForSendrecv) {
  EXPECT_EQ(parsed(without(plain(), "a=recvonly")).media[0].direction, Direction::sendrecv);
}

TEST(OfferTest, IgnoresWhatItDoesNotKnowAndWhatIsNotAscii) {
  const Offer offer = parsed(plain() + "a=ssrc:1 label:K\xc3\xbc"
                                       "che\r\na=rtpmap:9999 X/1\r\na=fmtp:abc x\r\na=rtcp-fb:96"
                                       "\r\na=extmap:0 urn:x\r\na=extmap:300 urn:y\r\na=\r\nb=AS:5"
                                       "\r\nz=\r\n");
  EXPECT_EQ(offer.media[0].extensions.size(), 1u);
}

TEST(OfferErrorTest, NamesWhatIsMissing) {
  expect_error("", "it is empty");
  expect_error("\r\n\n", "it is empty");
  expect_error("hello", "line 1: SDP begins with v=0");
  expect_error("{\"sdp\":\"v=0\"}", "SDP begins with v=0");
  expect_error("v=1\r\n", "SDP begins with v=0");
  expect_error("v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n", "no m-line");
  expect_error(without(plain(), "a=ice-ufrag"), "m-line 0 (video): no ICE credentials");
  expect_error(without(plain(), "a=ice-pwd"), "no ICE credentials (a=ice-ufrag and a=ice-pwd)");
  expect_error(without(plain(), "a=fingerprint"), "no DTLS fingerprint");
  expect_error(without(plain(), "a=setup"), "no a=setup:actpass");
  expect_error(without(plain(), "a=mid"), "no a=mid");
  expect_error(without(plain(), "a=rtcp-mux"), "no a=rtcp-mux");
  expect_error(without(plain_with_audio(), "a=group"), "not all media are in the BUNDLE group");
  expect_error(with(plain_with_audio(), "BUNDLE 0 1", "BUNDLE 0"),
               "not all media are in the BUNDLE group");
}

TEST(OfferErrorTest, NamesWhatIsWrong) {
  expect_error(with(plain(), "a=recvonly", "a=sendonly"),
               "the video does not receive; use a=recvonly or a=sendrecv");
  expect_error(with(plain(), "a=recvonly", "a=inactive"),
               "the video does not receive; use a=recvonly or a=sendrecv");
  expect_error(with(plain_with_audio(), "a=recvonly", "a=sendonly"),
               "the video does not receive; use a=recvonly or a=sendrecv");
  expect_error(with(plain(), "m=video 9", "m=video 0"), "all media are rejected (port 0)");
  expect_error(with(plain(), "UDP/TLS/RTP/SAVPF", "RTP/AVP"), "'RTP/AVP' is not a WebRTC protocol");
  expect_error(with(plain(), "actpass", "holdconn"), "a=setup:holdconn");
  expect_error(with(plain(), "ice-ufrag:abcd", "ice-ufrag:abc"), "ice-ufrag is not 4 to 256");
  expect_error(with(plain(), "ice-ufrag:abcd", "ice-ufrag:ab cd"), "ice-ufrag is not 4 to 256");
  expect_error(with(plain(), "ice-pwd:abcdefgh", "ice-pwd:"), "ice-pwd is not 22 to 256");
  // What a restart replaces is there once: else its offer would grow with each of them.
  const std::string again = "a=ice-ufrag:efgh\r\n";
  const std::string pwd = "a=ice-pwd:0123456789012345678901\r\n";
  expect_error(plain() + again, "a second a=ice-ufrag");
  expect_error(plain() + pwd, "a second a=ice-pwd");
  expect_error(with(plain(), "t=0 0\r\n", "t=0 0\r\n" + again + again), "a second a=ice-ufrag");
  expect_error(with(plain(), "t=0 0\r\n", "t=0 0\r\n" + pwd + pwd), "a second a=ice-pwd");
  expect_error(with(plain(), "sha-256 00:11", "sha-256 00-11"), "no DTLS fingerprint");
  expect_error(with(plain(), "sha-256 00:11:", "sha-256 "), "no DTLS fingerprint");
  expect_error(with(plain(), "96 102", "96 128"), "'128' is not a payload type");
  expect_error(with(plain(), "96 102", "96 -1"), "'-1' is not a payload type");
  expect_error(with(plain(), "96 102", "96 96 102"), "payload type 96 occurs twice");
  expect_error(with(plain(), "m=video 9", "m=video 65536"), "'65536' is not a port");
  expect_error(with(plain(), "m=video 9", "m=video x"), "'x' is not a port");
  expect_error(with(plain(), " 96 102 103", ""), "is not 'm=video PORT");
  expect_error(with(plain(), "VP8/90000", "VP8"), "is not 'a=rtpmap:TYPE ENCODING/CLOCK-RATE'");
  expect_error(with(plain(), "VP8/90000", "VP8/0"), "a=rtpmap");
  expect_error(with(plain_with_audio(), "a=mid:1", "a=mid:0"), "two media have the same mid '0'");
  expect_error(with(plain(), "a=mid:0", "a=mid:a b"), "a=mid is not a token");
  expect_error(plain() + "nonsense\r\n", "'nonsense' is not x=value");
  expect_error(with(plain(), "t=0 0", "t=0 0\r\na=group:BUNDLE 1"), "a second BUNDLE group");
}

TEST(OfferErrorTest, RefusesAnIceLiteViewer) {
  expect_error(with(plain(), "t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), "a full ICE agent");
}

TEST(OfferErrorTest, SaysThatAMidIsAToken) {
  for (const char* line : {"a=mid:0", "a=group:BUNDLE 0"})
    expect_error(with(plain(), line, std::string(line) + "\xc3\xa9"), "a mid is not a token");
}

TEST(OfferErrorTest, NamesTheLine) {
  expect_error(with(plain(), "a=mid:0", "a=mid:a b"), "line 13: ");
}

TEST(OfferErrorTest, RefusesControlCharactersAndDoesNotRepeatThem) {
  expect_error(with(plain(), "abcd", std::string_view("ab\0d", 4)), "a control character");
  expect_error(with(plain(), "abcd", "ab\x1b[d"), "a control character");
  expect_error(with(plain(), "abcd", "ab\rd"), "a control character");
  const std::string message = error_of("\x1b[31m\xff<script>");
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
  EXPECT_EQ(message.find('\xff'), std::string::npos);
}

TEST(OfferErrorTest, BoundsEverySize) {
  expect_error(plain() + std::string(Offer::kMaxSize, '\n'), "the limit is 262144");
  EXPECT_EQ(error_of(plain() + std::string(Offer::kMaxSize - plain().size(), '\n')), "parsed");
  expect_error(plain() + "a=x:" + std::string(20'000, 'x'), "longer than 16384 characters");

  std::string types;
  for (int i = 0; i < 200; ++i) types += " " + std::to_string(i % 128);
  expect_error(with(plain(), " 96 102 103", types), "200 payload types; RTP has at most 128");

  std::string media;
  for (int i = 0; i < 100; ++i) media += "m=audio 0 RTP/AVP 0\r\n";
  expect_error(plain() + media, "more than 64 m-lines");

  std::string extensions;
  for (int i = 0; i < 400; ++i) extensions += "a=extmap:1 urn:x" + std::to_string(i) + "\r\n";
  expect_error(plain() + extensions, "too many a=extmap");

  std::string candidates;
  for (int i = 0; i < 400; ++i) candidates += "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n";
  expect_error(plain() + candidates, "too many candidates");
}

TEST(OfferErrorTest, KeepsOnlySoManyParametersAndFeedbacks) {
  std::string lines;
  for (int i = 0; i < 500; ++i) {
    lines +=
        "a=fmtp:96 k" + std::to_string(i) + "=1\r\na=rtcp-fb:96 f" + std::to_string(i) + "\r\n";
  }
  const Offer offer = parsed(plain() + lines);
  EXPECT_LE(offer.media[0].payloads[0].format.fmtp.size(), 64u);
  EXPECT_LE(offer.media[0].payloads[0].feedback.size(), 32u);
}

TEST(OfferErrorTest, KeepsNoLongFeedbackWhichAStarGivesToEveryPayloadType) {
  const std::string text(10'000, 'x');
  const Offer offer = parsed(plain() + "a=rtcp-fb:* " + text + "\r\na=rtcp-fb:* nack pli\r\n");

  for (const auto& payload : offer.media[0].payloads) {
    EXPECT_FALSE(payload.has_feedback(text));
    EXPECT_TRUE(payload.has_feedback("nack pli"));
  }
}

TEST(OfferErrorTest, SurvivesEveryTruncationOfEveryRecordedOffer) {
  for (const auto& name : recorded_names()) {
    const std::string text = recorded(name);
    for (std::size_t size = 0; size < text.size(); size += 7) {
      auto offer = Offer::parse(std::string_view(text).substr(0, size));
      EXPECT_TRUE(offer.ok() || !offer.error().message.empty());
    }
  }
}

} // namespace
} // namespace fanlight::sdp
