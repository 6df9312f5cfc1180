#include "media/rtsp/media_lines.h"

#include <gmock/gmock.h>

namespace fanlight::media {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<MediaLine> lines(const std::string& media) {
  const std::string text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n" + media;
  GstSDPMessage* sdp = nullptr;
  gst_sdp_message_new(&sdp);
  gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(text.c_str()),
                               static_cast<guint>(text.size() + 1), sdp);
  auto found = media_lines_of(sdp);
  gst_sdp_message_free(sdp);
  return found;
}

std::vector<std::string> encodings(const std::string& media) {
  std::vector<std::string> names;
  for (const MediaLine& line : lines(media))
    for (const MediaLine::Format& format : line.formats) names.push_back(format.encoding);
  return names;
}

std::string sound_fault(const std::string& media) {
  return lines(media)[0].formats[0].fault.message;
}

TEST(MediaLinesTest, NamesEveryPayloadTypeOfALine) {
  EXPECT_THAT(encodings("m=video 0 RTP/AVP 99 96\r\na=rtpmap:96 h264/90000\r\n"),
              ElementsAre("payload type 99", "H264"));
}

TEST(MediaLinesTest, NamesStaticPayloadTypes) {
  EXPECT_THAT(encodings("m=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 33\r\nm=audio 0 RTP/AVP 8\r\n"),
              ElementsAre("JPEG", "MP2T", "PCMA"));
}

TEST(MediaLinesTest, DoesNotRepeatNamesThatAreTooLong) {
  const auto named = [](std::size_t size) {
    return encodings("m=video 0 RTP/AVP 96\r\na=rtpmap:96 " + std::string(size, 'X') +
                     "/90000\r\n");
  };
  EXPECT_THAT(named(64), ElementsAre(std::string(64, 'X')));
  EXPECT_THAT(named(65), ElementsAre("payload type 96"));
  EXPECT_THAT(encodings("m=video 0 RTP/AVP 99" + std::string(65, 'x') + "\r\n"),
              ElementsAre("payload type 99"));
  EXPECT_THAT(
      sound_fault("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 " + std::string(65, 'X') + "/8000\r\n"),
      HasSubstr("sends unnamed sound"));
}

TEST(MediaLinesTest, KnowsWhatIsEncrypted) {
  EXPECT_TRUE(lines("m=video 0 RTP/SAVP 96\r\n")[0].secure);
  EXPECT_FALSE(lines("m=video 0 RTP/AVP 96\r\n")[0].secure);
}

TEST(MediaLinesTest, ABackChannelIsSendonlyWhileTheVideoIsNot) {
  const auto with = lines("m=video 0 RTP/AVP 96\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\n");
  EXPECT_TRUE(is_back_channel(with[1], with));
  const auto all =
      lines("m=video 0 RTP/AVP 96\r\na=sendonly\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\n");
  EXPECT_FALSE(is_back_channel(all[1], all));
}

TEST(MediaLinesTest, SaysWhichSoundCannotBePlayed) {
  EXPECT_EQ(sound_fault("m=audio 0 RTP/AVP 0\r\n"), "");
  EXPECT_THAT(sound_fault("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 PCMU/16000\r\n"),
              HasSubstr("only at 8000 Hz"));
  EXPECT_THAT(sound_fault("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 G722/8000\r\n"),
              HasSubstr("G722 sound, which the server does not carry"));
}

TEST(MediaLinesTest, SaysWhichSoundTheServerDoesNotConvert) {
  const auto fault = [](const std::string& map, const std::string& parameters) {
    return sound_fault("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 " + map + "\r\na=fmtp:97 " +
                       parameters + "\r\n");
  };
  EXPECT_THAT(fault("G726-32/16000", "x=1"), HasSubstr("G726-32 at 16000 Hz"));
  // Enhanced low delay, scalable, USAC.
  for (const std::string config : {"F8E98500", "3190", "f9498400"})
    EXPECT_THAT(fault("MPEG4-GENERIC/48000", "mode=AAC-hbr;config=" + config),
                HasSubstr("which the server does not carry"));
  EXPECT_THAT(fault("MPEG4-GENERIC/48000/1", "mode=AAC-hbr;config=F8E98500"),
              HasSubstr("sends AAC-ELD sound"));
  EXPECT_THAT(fault("MPEG4-GENERIC/8000", "mode=CELP-cbr"), HasSubstr("sends CELP sound"));
  for (const std::string config :
       {"1408", "1588", "2b11", "B9888000", "0000", "ffff", "3690", "f", "x", ""})
    EXPECT_EQ(fault("MPEG4-GENERIC/16000", "mode=AAC-hbr;config=" + config), "") << config;
  // A StreamMuxConfig begins with other bits.
  EXPECT_THAT(fault("MP4A-LATM/48000", "cpresent=0;config=4001F1D30A00"),
              HasSubstr("sends AAC-ELD sound"));
  EXPECT_EQ(fault("MP4A-LATM/48000", "cpresent=0;config=400028103fc0"), "");
}

TEST(MediaLinesTest, TakesSoundThatTheServerConverts) {
  for (const std::string name : {"G726-24/8000", "AAL2-G726-40/8000", "MPEG4-GENERIC/16000"})
    EXPECT_EQ(sound_fault("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 " + name + "\r\n"), "");
  EXPECT_EQ(sound_fault("m=audio 0 RTP/AVP 97\r\na=rtpmap:97 L16/16000/1\r\n"), "");
  EXPECT_EQ(sound_fault("m=audio 0 RTP/AVP 11\r\n"), "");
}

} // namespace
} // namespace fanlight::media
