#include "media/codec.h"

#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

std::optional<TrackFormat> read(const char* caps) {
  return video_format(Ref<GstCaps>::adopt(gst_caps_from_string(caps)).get());
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

TEST(VideoFormatTest, ReadsH264WithItsPicture) {
  const auto format = read("video/x-h264,profile=high,level=(string)4,width=1920,height=1080,"
                           "framerate=25/1");
  ASSERT_TRUE(format);
  EXPECT_EQ(format->rtp.encoding, "H264");
  EXPECT_EQ(format->rtp.clock_rate, 90000);
  EXPECT_EQ(format->rtp.fmtp.at("profile-level-id"), "640028");
  EXPECT_EQ(format->rtp.fmtp.at("packetization-mode"), "1");
  EXPECT_EQ(format->width, 1920);
  EXPECT_EQ(format->height, 1080);
  EXPECT_DOUBLE_EQ(format->fps, 25);
}

TEST(VideoFormatTest, ReadsH265ProfileTierAndLevel) {
  const auto format = read("video/x-h265,profile=main-10,tier=high,level=(string)5.1");
  ASSERT_TRUE(format);
  EXPECT_EQ(format->rtp.encoding, "H265");
  EXPECT_EQ(format->rtp.fmtp.at("profile-id"), "2");
  EXPECT_EQ(format->rtp.fmtp.at("tier-flag"), "1");
  EXPECT_EQ(format->rtp.fmtp.at("level-id"), "153");
}

TEST(VideoFormatTest, TakesMainProfileOfTheMainTierWhereH265SaysNothing) {
  const auto format = read("video/x-h265");
  ASSERT_TRUE(format);
  EXPECT_EQ(format->rtp.fmtp.at("profile-id"), "1");
  EXPECT_EQ(format->rtp.fmtp.at("tier-flag"), "0");
  EXPECT_EQ(format->rtp.fmtp.at("level-id"), "93");
}

TEST(SoundFormatTest, NamesWhatBrowsersTake) {
  EXPECT_EQ(sound_format(Codec::opus)->rtp.encoding, "OPUS");
  EXPECT_EQ(sound_format(Codec::opus)->rtp.clock_rate, 48000);
  EXPECT_EQ(sound_format(Codec::opus)->rtp.channels, 2);
  for (const Codec codec : {Codec::pcmu, Codec::pcma}) {
    EXPECT_EQ(sound_format(codec)->rtp.encoding, encoding_name(codec));
    EXPECT_EQ(sound_format(codec)->rtp.clock_rate, 8000);
    EXPECT_EQ(sound_format(codec)->rtp.channels, 1);
  }
}

TEST(SoundFormatTest, HasNoNameForWhatNoBrowserTakes) {
  EXPECT_FALSE(sound_format(Codec::aac));
  EXPECT_FALSE(sound_format(Codec::h264));
}

TEST(VideoFormatTest, HasNoNameForWhatViewersCannotTake) {
  EXPECT_FALSE(read("audio/mpeg,mpegversion=4"));
  EXPECT_FALSE(read("image/jpeg"));
  EXPECT_FALSE(read("ANY"));
  EXPECT_FALSE(read("EMPTY"));
  EXPECT_FALSE(video_format(nullptr));
}

} // namespace
} // namespace fanlight::media
