#include "sdp/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offers.h"

namespace fanlight::sdp {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/// As webrtcbin 1.22 writes one media of an answer.
std::string own_media(const std::string& kind, const std::string& mid, const std::string& formats,
                      const std::string& lines, const std::string& direction = "sendonly") {
  return "m=" + kind + " 9 UDP/TLS/RTP/SAVPF " + formats +
         "\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:own1\r\na=ice-pwd:ownownownownownownownow\r\n"
         "a=mid:" +
         mid + "\r\na=rtcp-mux\r\na=setup:active\r\n" + lines +
         "a=ssrc-group:FID 11 12\r\na=ssrc:11 msid:user1@host-a webrtctransceiver0\r\n"
         "a=ssrc:11 cname:user1@host-a\r\na=ssrc:12 cname:user1@host-a\r\na=" +
         direction +
         "\r\na=fingerprint:sha-256 "
         "AA:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:"
         "DD:EE:FF\r\n";
}

/// The transport's lines of own_media(), as an answer has them.
std::string own_transport() {
  return "a=ice-ufrag:own1\r\na=ice-pwd:ownownownownownownownow\r\na=fingerprint:sha-256 "
         "AA:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:"
         "DD:EE:FF\r\na=setup:active\r\n";
}

const std::string kOwnSession = "v=0\r\no=- 4711 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
const std::string kOwnVideo =
    own_media("video", "0", "102 103",
              "a=rtpmap:102 H264/90000\r\na=rtcp-fb:102 nack\r\na=rtcp-fb:102 nack pli\r\n"
              "a=fmtp:102 packetization-mode=1;profile-level-id=640028\r\n"
              "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n");
const std::string kOwnAudio = own_media("audio", "1", "8", "a=rtpmap:8 PCMA/8000\r\n");

Choices choices_of(const Offer& offer, const std::vector<RtpFormat>& video,
                   const std::vector<RtpFormat>& audio = {}) {
  Choices choices;
  for (const auto& media : offer.media) {
    auto choice = choose(media, media.kind == Offer::Kind::video ? video : audio);
    choices.push_back(choice ? std::optional(*choice) : std::nullopt);
  }
  return choices;
}

std::string written(const std::string& own, const Offer& offer, const Choices& choices,
                    const AnswerOptions& options = {}) {
  auto read = read_answer(own, offer, choices);
  if (read) return write_answer(std::move(*read), offer, choices, options);
  ADD_FAILURE() << read.error().message;
  return {};
}

/// The lines from the `index`-th m-line to the next.
std::string media_of(const std::string& sdp, int index) {
  auto begin = sdp.find("\r\nm=");
  for (; index > 0 && begin != std::string::npos; --index) begin = sdp.find("\r\nm=", begin + 1);
  if (begin == std::string::npos) return {};
  const auto end = sdp.find("\r\nm=", begin + 1);
  return sdp.substr(begin + 2, end == std::string::npos ? end : end - begin);
}

std::string fmtp_of(const std::string& offer_text, const RtpFormat& camera) {
  const Offer offer = parsed(offer_text);
  const Choices choices = choices_of(offer, {camera});
  if (!choices[0]) return "no choice";
  const std::string type = std::to_string(choices[0]->payload_type);
  const std::string answer = written(own_media("video", "0", type, ""), offer, choices);
  const auto at = answer.find("a=fmtp:" + type + " ");
  if (at == std::string::npos) return "";
  const auto begin = answer.find(' ', at) + 1;
  return answer.substr(begin, answer.find('\r', begin) - begin);
}

TEST(ReducedOfferTest, HasTheChosenMediaAndPayloadTypesAlone) {
  const Offer offer = parsed(recorded("chromium-156-linux-video-audio"));
  const Choices choices = choices_of(offer, {h264("42e01f")}, {{"PCMA", 8000, 1, {}}});

  const Offer reduced = reduced_offer(offer, choices, {kPlayoutDelay});

  EXPECT_THAT(reduced.bundle, ElementsAre("0", "1"));
  ASSERT_EQ(reduced.media.size(), 2u);
  EXPECT_THAT(reduced.media[0].formats, ElementsAre("108", "109"));
  EXPECT_EQ(reduced.media[0].find(108)->rtx, 109);
  EXPECT_TRUE(reduced.media[0].find(108)->format.fmtp.empty());
  EXPECT_TRUE(reduced.media[0].find(108)->has_feedback("nack pli"));
  EXPECT_FALSE(reduced.media[0].find(108)->has_feedback("transport-cc"));
  ASSERT_EQ(reduced.media[0].extensions.size(), 1u);
  EXPECT_EQ(reduced.media[0].extensions[0].id, 5);
  EXPECT_THAT(reduced.media[1].formats, ElementsAre("8"));
  EXPECT_EQ(reduced.media[1].transport.ice_ufrag, "AZog");
  EXPECT_TRUE(reduced.media[0].candidates.empty()); // They were names.
}

TEST(ReducedOfferTest, LeavesRejectedMediaOut) {
  const Offer offer = parsed(plain_with_audio());
  Choices choices = choices_of(offer, {h264("42e01f")}, {{"PCMA", 8000, 1, {}}});
  choices[0].reset();

  const Offer reduced = reduced_offer(offer, choices, {});

  ASSERT_EQ(reduced.media.size(), 1u);
  EXPECT_EQ(reduced.media[0].mid, "1");
  EXPECT_THAT(reduced.bundle, ElementsAre("1"));
  EXPECT_EQ(to_reduced_mline(choices, 0), std::nullopt);
  EXPECT_EQ(to_reduced_mline(choices, 1), 0u);
  EXPECT_EQ(to_reduced_mline(choices, 2), std::nullopt);
  EXPECT_EQ(to_offered_mline(choices, 0), 1u);
  EXPECT_EQ(to_offered_mline(choices, 1), std::nullopt);
  EXPECT_TRUE(reduced_offer(offer, Choices(2), {}).media.empty());
}

TEST(ReducedOfferTest, KeepsUsableCandidates) {
  const Offer offer = parsed(plain() + "a=candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host\r\n"
                                       "a=candidate:2 2 udp 2113937151 192.0.2.7 5001 typ host\r\n"
                                       "a=candidate:3 1 udp 2113937151 x.local 5000 typ host\r\n");
  const Offer reduced = reduced_offer(offer, choices_of(offer, {h264("42e01f")}), {});
  EXPECT_THAT(reduced.media[0].candidates,
              ElementsAre("candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host"));
}

TEST(ReducedOfferTest, GivesAllMediaTheTransportOfTheFirst) {
  const std::string text = plain_with_audio();
  const auto audio = text.find("m=audio");
  const Offer offer =
      parsed(text.substr(0, audio) + with(text.substr(audio), "ice-ufrag:abcd", "ice-ufrag:efgh"));
  const Choices choices = choices_of(offer, {h264("42e01f")}, {{"PCMA", 8000, 1, {}}});
  EXPECT_EQ(reduced_offer(offer, choices, {}).media[1].transport.ice_ufrag, "abcd");
}

TEST(AnswerTest, HasTheOffersMediaInItsOrderWithOurTransport) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {h264("640028")}, {{"PCMA", 8000, 1, {}}});

  const std::string answer = written(kOwnSession + kOwnVideo + kOwnAudio, offer, choices,
                                     {{}, {kPlayoutDelay}, {}, false});

  EXPECT_EQ(answer.rfind("v=0\r\no=- 4711 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                         "a=group:BUNDLE 0 1\r\na=ice-options:trickle\r\n",
                         0),
            0u)
      << answer;
  const std::string video = media_of(answer, 0);
  EXPECT_EQ(video.rfind("m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n", 0), 0u) << video;
  for (const char* line :
       {"a=mid:0\r\n", "a=ice-ufrag:own1\r\n", "a=ice-pwd:ownownownownownownownow\r\n",
        "a=fingerprint:sha-256 AA:11", "a=setup:active\r\n", "a=sendonly\r\n", "a=rtcp-mux\r\n",
        "a=rtpmap:102 H264/90000\r\n", "a=rtpmap:103 rtx/90000\r\n", "a=fmtp:103 apt=102\r\n",
        "a=rtcp-fb:102 nack\r\n", "a=rtcp-fb:102 nack pli\r\n", "a=rtcp-fb:102 ccm fir\r\n",
        "a=ssrc-group:FID 11 12\r\n", "a=ssrc:11 msid:user1@host-a webrtctransceiver0\r\n"}) {
    EXPECT_THAT(video, HasSubstr(line));
  }
  EXPECT_THAT(video, HasSubstr(std::string("a=extmap:5 ") + kPlayoutDelay + "\r\n"));
  EXPECT_THAT(video, Not(HasSubstr("goog-remb")));
  EXPECT_THAT(video, Not(HasSubstr("transport-cc"))); // webrtcbin did not say it.
  EXPECT_THAT(video, Not(HasSubstr("rsize")));        // Nor this.
  EXPECT_THAT(video, Not(HasSubstr("rtcp-xr")));      // Nor this.
  EXPECT_THAT(video, Not(HasSubstr("640028")));
  const std::string audio = media_of(answer, 1);
  EXPECT_EQ(audio.rfind("m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n", 0), 0u) << audio;
  EXPECT_THAT(audio, HasSubstr("a=mid:1\r\n"));
  EXPECT_THAT(audio, HasSubstr("a=rtpmap:8 PCMA/8000\r\n"));
  EXPECT_THAT(audio, Not(HasSubstr("extmap")));
}

TEST(AnswerTest, KeepsWhatIsNotChosenInactiveInTheBundle) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {h264("640028")});

  const std::string answer = written(kOwnSession + kOwnVideo, offer, choices);

  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_EQ(media_of(answer, 1), "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
                                 "a=mid:1\r\n" +
                                     own_transport() +
                                     "a=inactive\r\na=rtcp-mux\r\n"
                                     "a=rtpmap:111 opus/48000/2\r\n");
}

TEST(AnswerTest, NamesACodecWhereNothingIsSent) {
  const Offer offer = parsed(with(with(plain_with_audio(), " 111 0 8", " 96 63 8"),
                                  "a=rtpmap:111 opus/48000/2", "a=rtpmap:63 red/48000/2"));
  const Choices choices = choices_of(offer, {h264("640028")});

  const std::string audio = media_of(written(kOwnSession + kOwnVideo, offer, choices), 1);

  EXPECT_EQ(audio.rfind("m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n", 0), 0u) << audio;
  EXPECT_THAT(audio, HasSubstr("a=rtpmap:8 PCMA/8000\r\n"));
}

TEST(AnswerTest, RejectsWhatTheOfferRejectsAndWhatHasNoKnownCodec) {
  for (const std::string& text : {with(plain_with_audio(), "m=audio 9", "m=audio 0"),
                                  with(plain_with_audio(), " 111 0 8", " 96")}) {
    const Offer offer = parsed(text);
    const Choices video = choices_of(offer, {h264("640028")});

    const std::string answer = written(kOwnSession + kOwnVideo, offer, video);

    EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0\r\n"));
    EXPECT_EQ(media_of(answer, 1).rfind("m=audio 0 ", 0), 0u) << answer;
    EXPECT_THAT(media_of(answer, 1), HasSubstr(own_transport() + "a=inactive\r\n"));
  }
}

TEST(AnswerTest, RejectsDataChannelsWithTheLinesThatGStreamerWants) {
  const Offer offer = parsed(with(plain(), "BUNDLE 0", "BUNDLE 0 data") +
                             "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\n");
  const std::string answer =
      written(kOwnSession + kOwnVideo, offer, choices_of(offer, {h264("640028")}));
  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0\r\n"));
  EXPECT_EQ(media_of(answer, 1), "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                                 "c=IN IP4 0.0.0.0\r\na=mid:data\r\n" +
                                     own_transport() + "a=inactive\r\n");
}

TEST(AnswerTest, AnswersSoundAloneWhereTheVideoIsRejected) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {}, {{"PCMA", 8000, 1, {}}});

  const std::string answer = written(kOwnSession + kOwnAudio, offer, choices,
                                     {{}, {}, {"candidate:1 1 UDP 1 192.0.2.1 9 typ host"}, true});

  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_THAT(media_of(answer, 1), HasSubstr("a=sendonly\r\n"));
}

TEST(AnswerTest, KeepsTheFirstOfTheBundleWhoseTransportAllUse) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {}, {{"PCMA", 8000, 1, {}}});

  const std::string answer = written(kOwnSession + kOwnAudio, offer, choices,
                                     {{}, {}, {"candidate:1 1 UDP 1 192.0.2.1 9 typ host"}, true});

  const std::string first = media_of(answer, 0);
  EXPECT_EQ(first.rfind("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 0), 0u) << first;
  for (const char* line : {"a=mid:0\r\n", "a=ice-ufrag:own1\r\n", "a=setup:active\r\n",
                           "a=inactive\r\n", "a=rtcp-mux\r\n", "a=rtpmap:96 VP8/90000\r\n",
                           "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n"}) {
    EXPECT_THAT(first, HasSubstr(line));
  }
}

TEST(AnswerTest, RepeatsTheCandidatesWhereSomethingIsSent) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {}, {{"PCMA", 8000, 1, {}}});

  const std::string answer = written(kOwnSession + kOwnAudio, offer, choices,
                                     {{}, {}, {"candidate:1 1 UDP 1 192.0.2.1 9 typ host"}, true});

  for (const int mline : {0, 1})
    EXPECT_THAT(media_of(answer, mline),
                HasSubstr("a=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n"));
}

TEST(ReducedOfferTest, HasTheCandidatesOfTheWholeBundle) {
  const std::string candidate = "candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host";
  const Offer offer = parsed(with(plain_with_audio(), "m=audio", "a=" + candidate + "\r\nm=audio"));
  const Choices choices = choices_of(offer, {}, {{"PCMA", 8000, 1, {}}});
  EXPECT_THAT(reduced_offer(offer, choices, {}).media[0].candidates, ElementsAre(candidate));
}

TEST(AnswerTest, RepeatsTheOfferedH264Parameters) {
  EXPECT_EQ(fmtp_of(plain(), h264("640028")),
            "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  EXPECT_EQ(fmtp_of(with(plain(), "level-asymmetry-allowed=1;", ""), h264("640028")),
            "packetization-mode=1;profile-level-id=42e01f");
  EXPECT_EQ(fmtp_of(with(plain(), "packetization-mode=1;", ""), h264("640028")),
            "level-asymmetry-allowed=1;profile-level-id=42e01f");
  EXPECT_EQ(fmtp_of(with(plain(), "42e01f", "42e0 1f<"), h264("640028")),
            "level-asymmetry-allowed=1;packetization-mode=1");
}

TEST(AnswerTest, AnswersTheLowerOfTheH265Levels) {
  const auto offer = [](const std::string& fmtp) {
    return video_of("49", "a=rtpmap:49 H265/90000\r\n" + fmtp);
  };
  const std::string chrome = offer("a=fmtp:49 level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"
                                   "\r\n");
  EXPECT_EQ(fmtp_of(chrome, h265("1", "0", "120")),
            "level-id=120;profile-id=1;tier-flag=0;tx-mode=SRST");
  EXPECT_EQ(fmtp_of(chrome, h265("1", "0", "186")),
            "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST");
  EXPECT_EQ(fmtp_of(chrome, {"H265", 90000, 1, {}}),
            "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST");
  EXPECT_EQ(fmtp_of(offer("a=fmtp:49 profile-id=1\r\n"), h265("1", "0", "120")), "profile-id=1");
  EXPECT_EQ(fmtp_of(offer(""), h265("1", "0", "120")), "");
}

TEST(AnswerTest, RepeatsTheOfferedOpusParametersAndSaysWhetherItIsStereo) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {}, {{"OPUS", 48000, 2, {{"sprop-stereo", "1"}}}});
  const std::string answer =
      written(kOwnSession + own_media("audio", "1", "111", ""), offer, choices);
  EXPECT_THAT(answer, HasSubstr("a=rtpmap:111 opus/48000/2\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=fmtp:111 minptime=10;useinbandfec=1;sprop-stereo=1\r\n"));
}

TEST(AnswerTest, SaysThatAnExtensionGoesOneWayWhereTheOfferDoes) {
  const Offer offer = parsed(recorded("firefox-with-openh264"));
  const Choices choices = choices_of(offer, {h264("42e01f")});
  const std::string answer =
      written(own_media("video", "0", "126", ""), offer, choices, {{}, {kPlayoutDelay}, {}, false});
  EXPECT_THAT(answer, HasSubstr(std::string("a=extmap:6/sendonly ") + kPlayoutDelay + "\r\n"));
}

TEST(AnswerTest, PutsEveryCandidateOnceIntoTheMediaWhoseTransportIsUsed) {
  const Offer offer = parsed(plain_with_audio());
  const Choices choices = choices_of(offer, {h264("640028")}, {{"PCMA", 8000, 1, {}}});
  const std::string candidate = "candidate:1 1 UDP 2015363327 10.0.0.5 43210 typ host";
  const std::string own =
      kOwnSession + kOwnVideo + "a=" + candidate + "\r\n" + kOwnAudio + "a=" + candidate + "\r\n";

  const std::string answer = written(own, offer, choices, {{"203.0.113.9"}, {}, {candidate}, true});

  const std::string announced = "a=candidate:1 1 UDP 2015363327 203.0.113.9 43210 typ host\r\n";
  EXPECT_THAT(media_of(answer, 0), HasSubstr(announced + "a=end-of-candidates\r\n"));
  EXPECT_EQ(answer.find(announced), answer.rfind(announced));
  EXPECT_THAT(media_of(answer, 1), Not(HasSubstr("candidate")));
  EXPECT_THAT(answer, Not(HasSubstr("10.0.0.5")));
  EXPECT_THAT(answer, Not(HasSubstr("trickle")));
}

TEST(AnswerTest, IsItselfReadableSdpForEveryRecordedOffer) {
  for (const auto& name : recorded_names()) {
    SCOPED_TRACE(name);
    const Offer offer = parsed(recorded(name));
    const Choices choices = choices_of(offer, {h265("1", "0", "120"), h264("640028")},
                                       {{"OPUS", 48000, 2, {}}, {"PCMA", 8000, 1, {}}});
    std::string own = kOwnSession;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (!choices[i]) continue;
      own += own_media(offer.media[i].type, offer.media[i].mid,
                       std::to_string(choices[i]->payload_type), "");
    }
    const std::string text = written(own, offer, choices);
    const Offer answer = parsed(as_offer(text));
    ASSERT_EQ(answer.media.size(), offer.media.size());
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
      EXPECT_EQ(answer.media[i].mid, offer.media[i].mid);
      EXPECT_FALSE(answer.media[i].rejected);
      EXPECT_TRUE(answer.media[i].bundled);
      if (!choices[i]) continue;
      EXPECT_EQ(answer.media[i].payloads[0].format.encoding, choices[i]->offered.encoding);
      EXPECT_EQ(answer.media[i].payloads[0].rtx, choices[i]->rtx_payload_type);
    }
  }
}

class ReadAnswerTest : public testing::Test {
 protected:
  const Offer offer_ = parsed(plain());
  const Choices choices_ = choices_of(offer_, {h264("640028")});

  void expect_error(const std::string& own, std::string_view words) {
    const auto done = read_answer(own, offer_, choices_);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, Errc::internal);
    EXPECT_THAT(done.error().message, HasSubstr(std::string(words)));
  }
};

TEST_F(ReadAnswerTest, AcceptsAnAnswerThatSends) {
  EXPECT_TRUE(read_answer(kOwnSession + kOwnVideo, offer_, choices_).ok());
  EXPECT_TRUE(read_answer(with(kOwnVideo, "a=sendonly", "a=sendrecv"), offer_, choices_).ok());
}

TEST_F(ReadAnswerTest, NamesTheMediaThatWouldNotBeSent) {
  expect_error(with(kOwnVideo, "a=sendonly", "a=inactive"),
               "m-line 0 (video) is a=inactive: the caps of the pad do not match the offered H264");
  expect_error(with(kOwnVideo, "a=sendonly", "a=recvonly"), "is a=recvonly");
  expect_error(with(kOwnVideo, "m=video 9", "m=video 0"), "is rejected");
  expect_error(with(kOwnVideo, "a=mid:0", "a=mid:7"), "is missing");
  expect_error(with(kOwnVideo, " 102 103", " 96"), "has payload type 96 instead of 102");
  expect_error(without(kOwnVideo, "a=fingerprint"), "lacks ICE credentials, fingerprint");
  expect_error("", "is missing");
}

TEST_F(ReadAnswerTest, RefusesAnAnswerWithoutAnyMedia) {
  EXPECT_FALSE(read_answer(kOwnSession, offer_, Choices(1)).ok());
  EXPECT_FALSE(read_answer(kOwnSession, offer_, {}).ok());
}

} // namespace
} // namespace fanlight::sdp
