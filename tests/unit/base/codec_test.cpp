#include "base/codec.h"

#include <gtest/gtest.h>

namespace fanlight {
namespace {

TEST(CodecTest, IsFoundByTheNameThatItHasInSdp) {
  for (const Codec codec : {Codec::h264, Codec::h265, Codec::aac, Codec::opus, Codec::pcmu,
                            Codec::pcma, Codec::g726, Codec::l16})
    EXPECT_EQ(codec_of(encoding_name(codec)), codec) << encoding_name(codec);
  EXPECT_STREQ(encoding_name(Codec::h265), "H265");
  EXPECT_STREQ(encoding_name(Codec::opus), "OPUS");
}

TEST(CodecTest, IsFoundWhateverTheCaseOfItsName) {
  EXPECT_EQ(codec_of("h264"), Codec::h264);
  EXPECT_EQ(codec_of("opus"), Codec::opus);
  EXPECT_EQ(codec_of("mpeg4-generic"), Codec::aac);
}

TEST(CodecTest, IsNotFoundByTheNameOfAnotherOne) {
  for (const char* name : {"", "H26", "H2645", "VP8", "G726", "G722", "JPEG"})
    EXPECT_FALSE(codec_of(name)) << name;
}

TEST(CodecTest, KnowsAacByBothWaysToPackIt) {
  EXPECT_EQ(codec_of("MPEG4-GENERIC"), Codec::aac);
  EXPECT_EQ(codec_of("MP4A-LATM"), Codec::aac);
}

TEST(CodecTest, KnowsG726AtAllRatesAndInBothOrders) {
  EXPECT_EQ(codec_of("g726-16"), Codec::g726);
  EXPECT_EQ(codec_of("G726-40"), Codec::g726);
  EXPECT_EQ(codec_of("AAL2-G726-24"), Codec::g726);
}

TEST(CodecTest, TellsWhatNoBrowserPlays) {
  for (const Codec codec : {Codec::aac, Codec::g726, Codec::l16})
    EXPECT_TRUE(is_converted(codec)) << encoding_name(codec);
  for (const Codec codec : {Codec::opus, Codec::pcmu, Codec::pcma, Codec::h264})
    EXPECT_FALSE(is_converted(codec)) << encoding_name(codec);
}

TEST(CodecTest, TellsVideoFromAudio) {
  EXPECT_EQ(kind_of(Codec::h264), MediaKind::video);
  EXPECT_EQ(kind_of(Codec::h265), MediaKind::video);
  for (const Codec codec :
       {Codec::aac, Codec::opus, Codec::pcmu, Codec::pcma, Codec::g726, Codec::l16})
    EXPECT_EQ(kind_of(codec), MediaKind::audio);
}

TEST(CodecTest, KnowsTheStaticPayloadTypesThatCamerasUse) {
  EXPECT_EQ(codec_of_payload_type(0), Codec::pcmu);
  EXPECT_EQ(codec_of_payload_type(8), Codec::pcma);
  EXPECT_FALSE(codec_of_payload_type(26));
  EXPECT_FALSE(codec_of_payload_type(-1));
}

} // namespace
} // namespace fanlight
