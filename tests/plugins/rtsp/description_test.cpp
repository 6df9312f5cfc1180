#include "rtsp/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::rtsp {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* kSession = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=camera\r\nt=0 0\r\n";
constexpr const char* kBase = "rtsp://192.0.2.1/live";
const std::string kVideo = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

std::string sdp_of(const std::string& media, const std::string& base = kBase) {
  return mended(kSession + media, base).sdp;
}

TEST(DescriptionTest, LeavesWhatIsRightAsItIs) {
  const std::string right =
      kSession + std::string{"a=control:*\r\n"} + kVideo +
      "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0IAKeKQFAe2AtwEBAaQeJEV,aM48gA==\r\n"
      "a=control:rtsp://192.0.2.1/live/trackID=1\r\n"
      "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
      "a=control:/metadata\r\n";
  EXPECT_EQ(mended(right, kBase).sdp, right);
}

TEST(DescriptionTest, AppendsARelativeControlToTheBaseAsPlayersDo) {
  const std::string media = kVideo + "a=control:trackID=1\r\n";
  EXPECT_THAT(sdp_of(media), HasSubstr("a=control:rtsp://192.0.2.1/live/trackID=1\r\n"));
  EXPECT_THAT(sdp_of(media, "rtsp://192.0.2.1/live/"),
              HasSubstr("a=control:rtsp://192.0.2.1/live/trackID=1\r\n"));
  EXPECT_THAT(sdp_of(media, "rtsp://192.0.2.1/live?channel=1"),
              HasSubstr("a=control:rtsp://192.0.2.1/live?channel=1/trackID=1\r\n"));
}

TEST(DescriptionTest, TakesTheControlOfTheSessionForTheBase) {
  EXPECT_THAT(sdp_of("a=control:rtsp://192.0.2.1/all/\r\n" + kVideo + "a=control:track1\r\n"),
              HasSubstr("a=control:rtsp://192.0.2.1/all/track1\r\n"));
}

TEST(DescriptionTest, SetsUpTheOnlyMediumByTheBaseWhereItHasNoControl) {
  EXPECT_THAT(sdp_of(kVideo), HasSubstr("a=control:rtsp://192.0.2.1/live\r\n"));
  EXPECT_THAT(sdp_of(kVideo + "m=audio 0 RTP/AVP 0\r\n"), Not(HasSubstr("a=control")));
}

TEST(DescriptionTest, KnowsTheMediumOfEachUrl) {
  const Description description = mended(
      kSession + kVideo + "a=control:a\r\nm=audio 0 RTP/AVP 0\r\na=control:rtsp://192.0.2.1/b\r\n",
      kBase);
  EXPECT_THAT(description.media, UnorderedElementsAre(Pair("rtsp://192.0.2.1/live/a", "video"),
                                                      Pair("rtsp://192.0.2.1/b", "audio")));
}

TEST(DescriptionTest, GivesVideoWithoutAMapTheCodecItsParametersSpeakOf) {
  EXPECT_THAT(sdp_of("m=video 0 RTP/AVP 96\r\n"), HasSubstr("a=rtpmap:96 H264/90000\r\n"));
  EXPECT_THAT(
      sdp_of("m=video 0 RTP/AVP 98\r\na=fmtp:98 sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwBdlZgJ\r\n"),
      HasSubstr("a=rtpmap:98 H265/90000\r\n"));
  EXPECT_THAT(sdp_of("m=video 0 RTP/AVP 26\r\n"), Not(HasSubstr("rtpmap"))); // JPEG.
  EXPECT_THAT(sdp_of("m=audio 0 RTP/AVP 97\r\n"), Not(HasSubstr("rtpmap")));
}

TEST(DescriptionTest, LeavesOutParameterSetsThatAreNone) {
  for (const char* sets : {"!!!,AAAA", "AAAA", "", ",", "Z0Ig", "/////w=="}) {
    const std::string sdp =
        sdp_of(kVideo + "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=" + sets +
               ";profile-level-id=42001f\r\n");
    EXPECT_THAT(sdp, HasSubstr("a=fmtp:96 packetization-mode=1;profile-level-id=42001f\r\n"))
        << sets;
  }
  EXPECT_THAT(
      sdp_of("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n"
             "a=fmtp:96 sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwBdlZgJ; sprop-sps=QAEMAf//AWA=\r\n"),
      HasSubstr("a=fmtp:96 sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwBdlZgJ\r\n"));
}

TEST(DescriptionTest, KeepsTheParameterSetsThatAreSome) {
  for (const char* sets :
       {"Z0IAKeKQFAe2AtwEBAaQeJEV,aM48gA==,",
        "!,Z0IAKeKQFAe2AtwEBAaQeJEV,aM48gA==", "Z0IAKeKQFAe2AtwEBAaQeJEV,aM48gA==,BgUEAAAA"})
    EXPECT_THAT(sdp_of(kVideo + "a=fmtp:96 sprop-parameter-sets=" + sets + "\r\n"),
                HasSubstr("a=fmtp:96 sprop-parameter-sets=Z0IAKeKQFAe2AtwEBAaQeJEV,aM48gA==\r\n"))
        << sets;
}

TEST(DescriptionTest, EndsWithWhateverComes) {
  for (const char* text : {"", "\n", "m=", "m=video", "m=video\nm=audio\n", "a=control:\n",
                           "m=video 0 RTP/AVP\r\na=control",
                           "m=video 0 RTP/AVP x\na=fmtp:\na=fmtp:96\na=fmtp:96 sprop-sps", "\0"})
    EXPECT_LE(mended(text, kBase).media.size(), 2U) << text;
}

TEST(DescriptionTest, IsTooMuchBeyondWhatAnyRecorderDescribes) {
  const auto times = [](std::size_t count, const std::string& text) {
    std::string all = kSession;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  EXPECT_EQ(excess_of(times(64, "m=video 0 RTP/AVP 96\r\na=x\r\n")), Excess::none);
  EXPECT_EQ(excess_of(times(65, "m=video 0 RTP/AVP 96\r\n")), Excess::media);
  EXPECT_EQ(excess_of(times(65, "m=video 0 RTP/AVP 96\r")), Excess::media);
  EXPECT_EQ(excess_of(times(4096, "a=x\n")), Excess::lines);
  EXPECT_EQ(excess_of(times(2100, "a=x\r\n")), Excess::none) << "one line each";
  EXPECT_EQ(excess_of(times(2100, "a=x\n\r")), Excess::lines);
  EXPECT_EQ(excess_of(times(65, "  m=video 0 RTP/AVP 96\r\n")), Excess::media);
  EXPECT_EQ(excess_of(times(1, std::string(256 * 1024, 'a'))), Excess::bytes);
  EXPECT_EQ(excess_of(""), Excess::none);
}

TEST(DescriptionTest, IsTooMuchBeyondThePayloadTypesOfRtp) {
  const auto with = [](std::size_t formats, const std::string& begin, const std::string& format) {
    std::string all = kSession + begin;
    for (std::size_t i = 0; i < formats; ++i) all += format;
    return all + "\r\na=x\r\n";
  };
  for (const char* format : {" 96", " 96 "})
    EXPECT_EQ(excess_of(with(128, "m=video 0 RTP/AVP", format)), Excess::none) << format;
  for (const char* format : {" 96", "\t96", "  9 "})
    EXPECT_EQ(excess_of(with(129, "m=video 0 RTP/AVP", format)), Excess::formats) << format;
  EXPECT_EQ(excess_of(with(129, " m=audio 0 RTP/AVP", " 0")), Excess::formats);
  EXPECT_EQ(excess_of(with(129, "a=fmtp:96", " x")), Excess::none) << "no media line";
}

} // namespace
} // namespace fanlight::rtsp
