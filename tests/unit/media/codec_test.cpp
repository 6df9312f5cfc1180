#include "media/codec.h"

#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

std::optional<Stream> read(const char* caps) {
  return stream_of(Ref<GstCaps>::adopt(gst_caps_from_string(caps)).get());
}

TEST(H264ProfileLevelIdTest, CombinesProfileConstraintsAndLevel) {
  EXPECT_EQ(h264_profile_level_id("constrained-baseline", "3.1"), "42e01f");
  EXPECT_EQ(h264_profile_level_id("baseline", "3"), "42001e");
  EXPECT_EQ(h264_profile_level_id("main", "4"), "4d0028");
  EXPECT_EQ(h264_profile_level_id("high", "5.1"), "640033");
  EXPECT_EQ(h264_profile_level_id("constrained-high", "3.1"), "640c1f");
}

TEST(H264ProfileLevelIdTest, WritesLevel1bAsLevel11WithItsConstraint) {
  EXPECT_EQ(h264_profile_level_id("constrained-baseline", "1b"), "42f00b");
}

TEST(H264ProfileLevelIdTest, TakesWhatEveryBrowserDecodesForWhatIsNotKnown) {
  EXPECT_EQ(h264_profile_level_id("", ""), "42e01f");
}

TEST(StreamOfTest, ReadsH264WithItsPicture) {
  const auto stream = read("video/x-h264,profile=high,level=(string)4,width=1920,height=1080,"
                           "framerate=25/1");
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->format.encoding, "H264");
  EXPECT_EQ(stream->format.clock_rate, 90000);
  EXPECT_EQ(stream->format.fmtp.at("profile-level-id"), "640028");
  EXPECT_EQ(stream->format.fmtp.at("packetization-mode"), "1");
  EXPECT_EQ(stream->width, 1920);
  EXPECT_EQ(stream->height, 1080);
  EXPECT_DOUBLE_EQ(stream->fps, 25);
}

TEST(StreamOfTest, ReadsH265ProfileTierAndLevel) {
  const auto stream = read("video/x-h265,profile=main-10,tier=high,level=(string)5.1");
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->format.encoding, "H265");
  EXPECT_EQ(stream->format.fmtp.at("profile-id"), "2");
  EXPECT_EQ(stream->format.fmtp.at("tier-flag"), "1");
  EXPECT_EQ(stream->format.fmtp.at("level-id"), "153");
}

TEST(StreamOfTest, TakesMainProfileOfTheMainTierWhereH265SaysNothing) {
  const auto stream = read("video/x-h265");
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->format.fmtp.at("profile-id"), "1");
  EXPECT_EQ(stream->format.fmtp.at("tier-flag"), "0");
  EXPECT_EQ(stream->format.fmtp.at("level-id"), "93");
}

TEST(SoundOfTest, PassesOnWhatBrowsersTake) {
  EXPECT_EQ(sound_of("OPUS")->format.clock_rate, 48000);
  EXPECT_EQ(sound_of("OPUS")->format.channels, 2);
  for (const char* encoding : {"PCMU", "PCMA"}) {
    EXPECT_EQ(sound_of(encoding)->format.encoding, encoding);
    EXPECT_EQ(sound_of(encoding)->format.clock_rate, 8000);
  }
}

TEST(SoundOfTest, CountsAacAsTheOpusItBecomes) {
  for (const char* encoding : {"MPEG4-GENERIC", "MP4A-LATM"}) {
    EXPECT_TRUE(is_aac(encoding));
    EXPECT_EQ(sound_of(encoding)->format.encoding, "OPUS");
  }
  EXPECT_FALSE(is_aac("OPUS"));
}

TEST(SoundOfTest, HasNoNameForSoundThatNobodyPlays) {
  EXPECT_FALSE(sound_of("G726-32"));
  EXPECT_FALSE(sound_of(""));
}

TEST(StreamOfTest, HasNoNameForWhatViewersCannotTake) {
  EXPECT_FALSE(read("audio/mpeg,mpegversion=4"));
  EXPECT_FALSE(read("image/jpeg"));
  EXPECT_FALSE(read("ANY"));
  EXPECT_FALSE(read("EMPTY"));
  EXPECT_FALSE(stream_of(nullptr));
}

} // namespace
} // namespace fanlight::media
