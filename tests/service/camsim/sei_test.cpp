#include "camsim/picture/sei.h"

#include <span>

#include <gtest/gtest.h>

namespace fanlight::camsim {
namespace {

using config::VideoCodec;
using Bytes = std::vector<std::uint8_t>;

constexpr SendStamp kStamp{1763906400123456, 499};

Bytes start_code(const Bytes& nal, bool long_code = true) {
  Bytes out = long_code ? Bytes{0, 0, 0, 1} : Bytes{0, 0, 1};
  out.insert(out.end(), nal.begin(), nal.end());
  return out;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class SeiTest : public testing::TestWithParam<VideoCodec> {};

TEST_P(SeiTest, IsReadBackAsItWasWritten) {
  EXPECT_EQ(read_send_stamp(GetParam(), write_send_stamp(GetParam(), kStamp)), kStamp);
}

TEST_P(SeiTest, NeverHoldsAStartCodeWhateverTheNumbersAre) {
  for (const SendStamp stamp : {SendStamp{0, 0},
                                {1, 2},
                                {0x0000030000020001, 0x01000003},
                                {0xff00000000000000, 0x00000300},
                                {~0ull, ~0u}}) {
    const Bytes nal = write_send_stamp(GetParam(), stamp);
    for (std::size_t i = 0; i + 2 < nal.size(); ++i) {
      if (nal[i] == 0 && nal[i + 1] == 0) {
        EXPECT_GE(nal[i + 2], 3) << i;
      }
    }
    EXPECT_NE(nal.back(), 0);
    EXPECT_EQ(read_send_stamp(GetParam(), nal), stamp);
  }
}

TEST_P(SeiTest, IsFoundAmongOtherNalUnitsOfAnAccessUnit) {
  const Bytes slice = GetParam() == VideoCodec::h264 ? Bytes{0x65, 0x88, 0x80, 7, 0, 0}
                                                     : Bytes{0x26, 0x01, 0xaf, 7, 0, 0};
  const Bytes sei = write_send_stamp(GetParam(), kStamp);
  const Bytes other_sei =
      GetParam() == VideoCodec::h264 ? Bytes{6, 1, 1, 0x80, 0x80} : Bytes{78, 1, 1, 1, 0x80, 0x80};

  const Bytes annex_b = start_code(other_sei) + start_code(sei, false) + start_code(slice);
  EXPECT_EQ(find_send_stamp(GetParam(), NalFraming::byte_stream, annex_b), kStamp);
  EXPECT_EQ(find_send_stamp(GetParam(), NalFraming::byte_stream, start_code(slice)), std::nullopt);

  const Bytes prefixed = Bytes{0, 0, 0, static_cast<std::uint8_t>(slice.size())} + slice +
                         Bytes{0, 0, 0, static_cast<std::uint8_t>(sei.size())} + sei;
  EXPECT_EQ(find_send_stamp(GetParam(), NalFraming::length_prefixed, prefixed), kStamp);
}

TEST_P(SeiTest, IsReadBehindAnotherMessageOfTheSameNalUnit) {
  Bytes nal = write_send_stamp(GetParam(), kStamp);
  const Bytes message = {137, 2, 0x42, 0x43};
  nal.insert(nal.begin() + (GetParam() == VideoCodec::h264 ? 1 : 2), message.begin(),
             message.end());
  EXPECT_EQ(read_send_stamp(GetParam(), nal), kStamp);
}

TEST_P(SeiTest, IsNotReadFromATruncatedOrForeignNalUnit) {
  const Bytes whole = write_send_stamp(GetParam(), kStamp);
  for (std::size_t size = 0; size + 1 < whole.size(); ++size)
    EXPECT_EQ(read_send_stamp(GetParam(), std::span(whole).first(size)), std::nullopt) << size;

  Bytes foreign = whole;
  foreign[8] ^= 1; // Inside the UUID.
  EXPECT_EQ(read_send_stamp(GetParam(), foreign), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(, SeiTest, testing::Values(VideoCodec::h264, VideoCodec::h265),
                         [](const auto& codec) {
                           return codec.param == VideoCodec::h264 ? "H264" : "H265";
                         });

TEST(SplitNalsTest, EndsWhereALengthPointsPastTheEnd) {
  const Bytes unit = {0, 0, 0, 2, 0x65, 1, 0, 0, 0, 9, 0x41};
  const auto nals = split_nals(NalFraming::length_prefixed, unit);
  ASSERT_EQ(nals.size(), 1u);
  EXPECT_EQ(nals[0].size(), 2u);
}

} // namespace
} // namespace fanlight::camsim
