// Where a decoder can start, from the first bytes of RTP payloads.
#include "webrtcfanout/stream/key_frame.h"

#include <gtest/gtest.h>

#include "hex.h"

namespace fanlight::fanout {
namespace {

bool h264(std::string_view payload) { return has_key_picture("H264", hex(payload)); }
bool h265(std::string_view payload) { return has_key_picture("H265", hex(payload)); }

TEST(KeyFrameTest, KnowsTwoCodecs) {
  EXPECT_TRUE(knows_key_pictures("H264"));
  EXPECT_TRUE(knows_key_pictures("H265"));
  EXPECT_FALSE(knows_key_pictures("VP8"));
  EXPECT_FALSE(has_key_picture("VP8", hex("65 88 84")));
}

TEST(KeyFrameTest, FindsAnIdrSliceOfH264) {
  EXPECT_TRUE(h264("65 88 84")) << "alone";
  EXPECT_TRUE(h264("7c 85 88")) << "the first of its fragments";
  EXPECT_TRUE(h264("78 0003 67420b 0002 6801 0002 6588")) << "behind its parameter sets";
}

TEST(KeyFrameTest, FindsNoIdrSliceInOtherH264) {
  EXPECT_FALSE(h264("61 9a 02")) << "a slice of another picture";
  EXPECT_FALSE(h264("67 42 c0")) << "a parameter set";
  EXPECT_FALSE(h264("7c 05 88")) << "a later fragment";
  EXPECT_FALSE(h264("7c 81 88")) << "the first fragment of another picture";
  EXPECT_FALSE(h264("78 0003 67420b 0002 6801"));
  EXPECT_FALSE(h264("7c")) << "no fragment at all";
}

TEST(KeyFrameTest, FindsAnIrapPictureOfH265) {
  EXPECT_TRUE(h265("26 01 af")) << "IDR_W_RADL, alone";
  EXPECT_TRUE(h265("2a 01 af")) << "CRA";
  EXPECT_TRUE(h265("20 01 af")) << "BLA";
  EXPECT_TRUE(h265("62 01 93 af")) << "the first of its fragments";
  EXPECT_TRUE(h265("60 01 0003 400110 0003 2601af")) << "behind a parameter set";
}

TEST(KeyFrameTest, FindsNoIrapPictureInOtherH265) {
  EXPECT_FALSE(h265("02 01 d0")) << "TRAIL_R";
  EXPECT_FALSE(h265("40 01 0c")) << "VPS";
  EXPECT_FALSE(h265("62 01 13 af")) << "a later fragment";
  EXPECT_FALSE(h265("60 01 0003 400110 0003 0201d0"));
  EXPECT_FALSE(h265("26 01")) << "a header alone";
}

TEST(KeyFrameTest, StaysWithinWhatThereIs) {
  EXPECT_FALSE(has_key_picture("H264", {}));
  EXPECT_FALSE(has_key_picture("H265", {}));
  EXPECT_FALSE(h264("78"));
  EXPECT_FALSE(h264("78 ffff")) << "a length and nothing behind it";
  EXPECT_FALSE(h264("78 0009 6742 65")) << "a unit that is cut off hides what it has";
  EXPECT_FALSE(h264("78 0000 65 0001 41")) << "of no length, before the length of the next";
}

} // namespace
} // namespace fanlight::fanout
