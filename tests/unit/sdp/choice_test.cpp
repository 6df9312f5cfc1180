#include "sdp/choice.h"

#include <vector>

#include <gtest/gtest.h>

#include "offers.h"

namespace fanlight::sdp {
namespace {

using namespace test;

Result<Choice> choose_video(const std::string& offer, const std::vector<RtpFormat>& formats) {
  return choose(parsed(offer).media[0], formats);
}

Result<Choice> choose_audio(const std::string& offer, const std::vector<RtpFormat>& formats) {
  return choose(parsed(offer).media[1], formats);
}

int type_of(const Result<Choice>& choice) {
  if (choice) return choice->payload_type;
  ADD_FAILURE() << choice.error().message;
  return -1;
}

void expect_reason(const Result<Choice>& choice, std::string_view words) {
  ASSERT_TRUE(choice.ok()) << choice.error().message;
  EXPECT_NE(choice->reason.message.find(words), std::string::npos) << choice->reason.message;
}

void expect_refusal(const Result<Choice>& choice, std::string_view words) {
  ASSERT_FALSE(choice.ok()) << choice->reason.message;
  EXPECT_EQ(choice.error().code, Errc::unsupported);
  EXPECT_NE(choice.error().message.find(words), std::string::npos) << choice.error().message;
}

/// A camera that sends both, as most do: H.265 Main level 4.0 and H.264 High level 4.0.
const std::vector<RtpFormat> kBoth{h265("1", "0", "120"), h264("640028")};

std::string h264_line(int type, const std::string& profile, const std::string& mode = "1") {
  const std::string number = std::to_string(type);
  std::string line = "a=rtpmap:" + number + " H264/90000\r\na=fmtp:" + number + " ";
  if (!mode.empty()) line += "packetization-mode=" + mode + ";";
  if (!profile.empty()) line += "profile-level-id=" + profile + ";";
  return line + "level-asymmetry-allowed=1\r\n";
}

std::string h265_line(int type, const std::string& fmtp) {
  const std::string number = std::to_string(type);
  std::string line = "a=rtpmap:" + number + " H265/90000\r\n";
  if (!fmtp.empty()) line += "a=fmtp:" + number + " " + fmtp + "\r\n";
  return line;
}

TEST(RecordedOfferTest, ChromeWithH265GetsH265) {
  const auto choice = choose_video(recorded("chrome-144-macos-h265"), kBoth);

  EXPECT_EQ(type_of(choice), 49);
  EXPECT_EQ(choice->rtx_payload_type, 50);
  EXPECT_EQ(choice->format_index, 0u);
  EXPECT_EQ(choice->sent.encoding, "H265");
  EXPECT_EQ(choice->offered.fmtp.at("level-id"), "180");
  expect_reason(choice, "H265 (Main, level 4.0) as payload type 49: both Main");
}

TEST(RecordedOfferTest, SafariWithH265GetsH265) {
  const auto choice = choose_video(recorded("safari-18-h265"), kBoth);

  EXPECT_EQ(type_of(choice), 104);
  EXPECT_EQ(choice->rtx_payload_type, 105);
}

TEST(RecordedOfferTest, ChromiumWithoutH265GetsH264) {
  for (const char* name : {"chromium-156-linux-video", "chromium-156-linux-video-audio"}) {
    const auto choice = choose_video(recorded(name), kBoth);

    EXPECT_EQ(choice->sent.encoding, "H264");
    EXPECT_EQ(choice->format_index, 1u);
    expect_reason(choice, "the viewer does not support H265 (Main, level 4.0)");
  }
}

TEST(RecordedOfferTest, ChromiumGetsTheCamerasOwnProfileWhereItHasIt) {
  const std::string offer = recorded("chromium-156-linux-video");
  EXPECT_EQ(type_of(choose_video(offer, {h264("42e01f")})), 108);
  EXPECT_EQ(type_of(choose_video(offer, {h264("42c028")})), 108);
  EXPECT_EQ(type_of(choose_video(offer, {h264("42001f")})), 102);
  EXPECT_EQ(type_of(choose_video(offer, {h264("4d0028")})), 116);
  // It has no High here; High 4:4:4 includes it.
  EXPECT_EQ(type_of(choose_video(offer, {h264("640028")})), 41);
  EXPECT_EQ(type_of(choose_video(recorded("chrome-144-macos-h265"), {h264("640028")})), 119);
}

TEST(RecordedOfferTest, FirefoxWithOpenH264GetsH264WithPacketizationMode1) {
  const auto choice = choose_video(recorded("firefox-with-openh264"), kBoth);

  EXPECT_EQ(type_of(choice), 126);
  EXPECT_FALSE(choice->rtx_payload_type);
  expect_reason(choice, "the camera sends High, the viewer offers only Constrained Baseline");
}

TEST(RecordedOfferTest, FirefoxWithoutOpenH264IsRefusedByName) {
  expect_refusal(
      choose_video(recorded("firefox-153esr-linux-no-openh264"), kBoth),
      "the camera sends H265 (Main, level 4.0) and H264 (High, level 4.0); the viewer supports "
      "VP8, VP9, AV1");
}

TEST(RecordedOfferTest, AnH265OnlyCameraIsRefusedByChromiumWithItsProfiles) {
  expect_refusal(
      choose_video(recorded("chromium-156-linux-video"), {kBoth[0]}),
      "the camera sends H265 (Main, level 4.0); the viewer supports VP8, VP9, H264 (42001f, "
      "42e01f, 4d001f, f4001f), AV1");
}

TEST(RecordedOfferTest, EveryBrowserTakesTheUsualAudio) {
  for (const auto& name : recorded_names()) {
    if (name == "chromium-156-linux-video") continue;
    SCOPED_TRACE(name);
    const std::string offer = recorded(name);
    EXPECT_EQ(type_of(choose_audio(offer, {{"PCMU", 8000, 1, {}}})), 0);
    EXPECT_EQ(type_of(choose_audio(offer, {{"PCMA", 8000, 1, {}}})), 8);
    EXPECT_EQ(choose_audio(offer, {{"OPUS", 48000, 2, {}}})->offered.encoding, "OPUS");
  }
}

TEST(H264ChoiceTest, PrefersPacketizationMode1EvenOfAWorseProfile) {
  const std::string offer =
      video_of("100 101", h264_line(100, "640028", "0") + h264_line(101, "42e01f"));
  EXPECT_EQ(type_of(choose_video(offer, {h264("640028")})), 101);
}

TEST(H264ChoiceTest, TakesPacketizationMode0OnlyWhereThereIsNoOtherAndSaysSo) {
  for (const std::string mode : {"0", "", "2"}) {
    const auto choice =
        choose_video(video_of("100", h264_line(100, "42e01f", mode)), {h264("42e01f")});
    EXPECT_EQ(type_of(choice), 100);
    expect_reason(choice, "only packetization-mode 0");
  }
}

TEST(H264ChoiceTest, PrefersTheSameProfileThenTheNearestThatIncludesIt) {
  const std::string all =
      video_of("100 101 102 103 104", h264_line(100, "f4001f") + h264_line(101, "64001f") +
                                          h264_line(102, "4d001f") + h264_line(103, "42001f") +
                                          h264_line(104, "42e01f"));
  EXPECT_EQ(type_of(choose_video(all, {h264("42e01f")})), 104);
  EXPECT_EQ(type_of(choose_video(all, {h264("42001f")})), 103);
  EXPECT_EQ(type_of(choose_video(all, {h264("4d0028")})), 102);
  EXPECT_EQ(type_of(choose_video(all, {h264("640033")})), 101);
  EXPECT_EQ(type_of(choose_video(all, {h264("6e0033")})), 100);

  const auto choice = choose_video(
      video_of("100 101", h264_line(100, "42e01f") + h264_line(101, "64001f")), {h264("4d0028")});
  EXPECT_EQ(type_of(choice), 101);
  expect_reason(choice, "the viewer's High includes the camera's Main");
}

TEST(H264ChoiceTest, TakesAPlainBaselineForAConstrainedOne) {
  const auto choice = choose_video(
      video_of("100 101", h264_line(100, "640c1f") + h264_line(101, "42e01f")), {h264("42001f")});
  EXPECT_EQ(type_of(choice), 101);
}

TEST(H264ChoiceTest, TakesAnyH264AndTheNearestOfThoseThatFallShort) {
  const auto choice =
      choose_video(video_of("100 101 102", h264_line(100, "42e01f") + h264_line(101, "4d001f") +
                                               h264_line(102, "42001f")),
                   {h264("640028")});
  EXPECT_EQ(type_of(choice), 101);
  expect_reason(choice, "in practice browsers decode it anyway");

  EXPECT_EQ(type_of(choose_video(recorded("safari-18-h265"), {h264("640028")})), 96);
}

TEST(H264ChoiceTest, DoesNotCompareLevels) {
  EXPECT_EQ(type_of(choose_video(plain(), {h264("42e033")})), 102);
  EXPECT_EQ(type_of(choose_video(plain(), {h264("42e00a")})), 102);
}

TEST(H264ChoiceTest, KeepsTheOrderOfTheOfferAmongEquals) {
  EXPECT_EQ(
      type_of(choose_video(video_of("101 100", h264_line(100, "42e01f") + h264_line(101, "42c01f")),
                           {h264("42e01f")})),
      101);
}

TEST(H264ChoiceTest, TakesACameraThatDoesNotNameItsProfile) {
  for (const std::string profile : {"", "zzzzzz", "42e0", "ff0000"}) {
    const auto choice = choose_video(plain(), {h264(profile)});
    EXPECT_EQ(type_of(choice), 102);
    expect_reason(choice, "the camera does not name its profile");
  }
}

TEST(H264ChoiceTest, ReadsAnOfferWithoutProfileAsBaseline) {
  const auto choice = choose_video(video_of("100", h264_line(100, "")), {h264("42001f")});
  EXPECT_EQ(type_of(choice), 100);
  expect_reason(choice, "both Baseline");
}

TEST(H265ChoiceTest, MatchesProfileAndTierWithTheirDefaults) {
  const std::vector<RtpFormat> main{h265("1", "0", "120")};
  for (const std::string fmtp :
       {"", "profile-id=1", "tier-flag=0", "profile-id=1;tier-flag=0;level-id=30;tx-mode=SRST",
        "tx-mode=srst", "Profile-Id=1; Level-Id=186"}) {
    SCOPED_TRACE(fmtp);
    EXPECT_EQ(type_of(choose_video(video_of("100", h265_line(100, fmtp)), main)), 100);
  }
  // And a camera that says nothing of them.
  EXPECT_EQ(type_of(choose_video(video_of("100", h265_line(100, "profile-id=1")),
                                 {{"H265", 90000, 1, {}}})),
            100);
}

TEST(H265ChoiceTest, RefusesAProfileOrTierThatDoesNotIncludeTheCameras) {
  expect_refusal(choose_video(video_of("100", h265_line(100, "")), {h265("2", "0", "120")}),
                 "the camera sends H265 (Main 10, level 4.0); the viewer supports H265 (Main)");
  expect_refusal(
      choose_video(video_of("100", h265_line(100, "profile-id=1;tier-flag=0")),
                   {h265("1", "1", "150")}),
      "the camera sends H265 (Main, high tier, level 5.0); the viewer supports H265 (Main)");
  expect_refusal(
      choose_video(video_of("100", h265_line(100, "profile-id=4")), {h265("1", "0", "93")}),
      "the viewer supports H265 (Range Extensions)");
  expect_refusal(
      choose_video(video_of("100", h265_line(100, "tx-mode=MRST")), {h265("1", "0", "93")}),
      "several streams");
  expect_refusal(
      choose_video(video_of("100", h265_line(100, "profile-id=999")), {h265("1", "0", "93")}),
      "no readable profile");
  expect_refusal(choose_video(video_of("100", h265_line(100, "profile-space=1;profile-id=1")),
                              {h265("1", "0", "93")}),
                 "the camera sends H265");
}

TEST(H265ChoiceTest, TakesTheExactProfileBeforeOneThatIncludesIt) {
  const std::string main10_first =
      video_of("100 101", h265_line(100, "profile-id=2") + h265_line(101, "profile-id=1"));
  EXPECT_EQ(type_of(choose_video(main10_first, {h265("1", "0", "93")})), 101);
  EXPECT_EQ(type_of(choose_video(main10_first, {h265("2", "0", "93")})), 100);

  const auto choice =
      choose_video(video_of("100", h265_line(100, "profile-id=2")), {h265("1", "0", "93")});
  EXPECT_EQ(type_of(choice), 100);
  expect_reason(choice, "the viewer's Main 10 includes the camera's Main");
}

TEST(H265ChoiceTest, NeverComparesLevels) {
  EXPECT_EQ(type_of(choose_video(video_of("100", h265_line(100, "level-id=30")),
                                 {h265("1", "0", "186")})),
            100);
}

TEST(ChoiceTest, FollowsTheOrderOfTheCamera) {
  const std::string offer = recorded("chrome-144-macos-h265");
  EXPECT_EQ(choose_video(offer, {kBoth[1], kBoth[0]})->sent.encoding, "H264");
  EXPECT_EQ(choose_video(offer, {kBoth[0], kBoth[1]})->sent.encoding, "H265");
}

TEST(ChoiceTest, MatchesClockRateAndChannels) {
  expect_refusal(choose_audio(plain_with_audio(), {{"PCMA", 16000, 1, {}}}),
                 "the camera sends PCMA");
  expect_refusal(choose_audio(plain_with_audio(), {{"PCMA", 8000, 2, {}}}),
                 "the viewer supports OPUS");
  EXPECT_EQ(type_of(choose_audio(plain_with_audio(), {{"OPUS", 48000, 1, {}}})), 111);
}

TEST(ChoiceTest, RefusesMediaThatDoNotReceive) {
  const std::string both = plain_with_audio();
  const auto audio = both.find("m=audio");
  const Offer offer =
      parsed(both.substr(0, audio) + with(both.substr(audio), "a=recvonly", "a=inactive"));
  expect_refusal(choose(offer.media[1], kBoth), "does not receive on its audio (a=inactive)");
}

TEST(ChoiceTest, SaysNothingWhereThereIsNothing) {
  expect_refusal(choose_video(plain(), {}),
                 "the camera sends nothing; the viewer supports VP8, H264");
  expect_refusal(choose_video(video_of("100", ""), kBoth), "the viewer supports nothing");
}

TEST(ChoiceTest, NeverChoosesRetransmissionOrRedundancy) {
  expect_refusal(
      choose_video(video_of("100", "a=rtpmap:100 rtx/90000\r\n"), {{"RTX", 90000, 1, {}}}),
      "the viewer supports nothing");
}

TEST(ChoiceTest, KeepsRefusalsShortWhateverTheOffer) {
  std::string types;
  std::string lines;
  for (int i = 0; i < 128; ++i) {
    types += " " + std::to_string(i);
    lines += "a=rtpmap:" + std::to_string(i) + " " + std::string(50, 'A') + std::to_string(i) +
             "/90000\r\n";
  }
  const auto choice = choose_video(video_of(types, lines), kBoth);
  ASSERT_FALSE(choice.ok());
  EXPECT_LT(choice.error().message.size(), 700u);
  EXPECT_NE(choice.error().message.find("..."), std::string::npos);
}

TEST(DescribeTest, NamesCodecProfileAndLevel) {
  EXPECT_EQ(describe(h264("42e01f")), "H264 (Constrained Baseline, level 3.1)");
  EXPECT_EQ(describe(h264("")), "H264");
  EXPECT_EQ(describe(h265("2", "1", "153")), "H265 (Main 10, high tier, level 5.1)");
  EXPECT_EQ(describe({"H265", 90000, 1, {}}), "H265");
  EXPECT_EQ(describe({"OPUS", 48000, 2, {}}), "OPUS");
}

} // namespace
} // namespace fanlight::sdp
