#include "load/rtc/picture.h"

#include <gmock/gmock.h>

#include "camsim/picture/sei.h"

namespace fanlight::load {
namespace {

using config::VideoCodec;
using Payload = std::vector<std::uint8_t>;

/// STAP-A, or the AP of H.265.
Payload aggregate(VideoCodec codec, const std::vector<Payload>& units) {
  Payload payload = codec == VideoCodec::h264 ? Payload{24} : Payload{48 << 1, 1};
  for (const Payload& unit : units) {
    put16(payload, static_cast<std::uint16_t>(unit.size()));
    payload.insert(payload.end(), unit.begin(), unit.end());
  }
  return payload;
}

TEST(RtpHeaderTest, EndsBehindCsrcsAndExtensions) {
  Payload packet{0x92, 0x80 | 96, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 2};
  packet.resize(12 + 2 * 4); // Two CSRCs.
  for (const int byte : {0xbe, 0xde, 0, 1, 0x10, 0, 0, 0})
    packet.push_back(static_cast<std::uint8_t>(byte));
  packet.push_back(0x65);

  const auto header = read_rtp(packet);

  ASSERT_TRUE(header);
  EXPECT_EQ(header->payload_type, 96);
  EXPECT_TRUE(header->marker);
  EXPECT_EQ(header->sequence, 0x1234);
  EXPECT_EQ(header->timestamp, 1U);
  EXPECT_EQ(header->ssrc, 2U);
  EXPECT_EQ(header->size, 28U);
  EXPECT_FALSE(read_rtp(Bytes{packet}.first(26)));
  EXPECT_FALSE(read_rtp(Bytes{packet}.first(11)));
}

TEST(KeyFrameTest, BeginsWithParameterSetsOrAnIdrPicture) {
  const Payload sps{0x67, 1, 2};
  const Payload slice{0x61, 1, 2};
  EXPECT_TRUE(starts_key_frame(VideoCodec::h264, sps));
  EXPECT_TRUE(starts_key_frame(VideoCodec::h264, Payload{0x65, 1, 2}));
  EXPECT_TRUE(starts_key_frame(VideoCodec::h264, Payload{0x7c, 0x85, 2})) << "FU-A, its start";
  EXPECT_FALSE(starts_key_frame(VideoCodec::h264, Payload{0x7c, 0x05, 2})) << "FU-A, later";
  EXPECT_FALSE(starts_key_frame(VideoCodec::h264, slice));
  const Payload delimiter{0x09, 0xf0};
  EXPECT_TRUE(starts_key_frame(VideoCodec::h264, aggregate(VideoCodec::h264, {delimiter, sps})));
  EXPECT_FALSE(starts_key_frame(VideoCodec::h264, aggregate(VideoCodec::h264, {delimiter, slice})));
}

TEST(KeyFrameTest, OfH265BeginsWithParameterSetsOrAnIrapPicture) {
  const Payload vps{32 << 1, 1, 2};
  const Payload trail{1 << 1, 1, 2};
  EXPECT_TRUE(starts_key_frame(VideoCodec::h265, vps));
  EXPECT_TRUE(starts_key_frame(VideoCodec::h265, Payload{19 << 1, 1, 2}));
  EXPECT_TRUE(starts_key_frame(VideoCodec::h265, Payload{49 << 1, 1, 0x80 | 19}));
  EXPECT_FALSE(starts_key_frame(VideoCodec::h265, Payload{49 << 1, 1, 19}));
  EXPECT_FALSE(starts_key_frame(VideoCodec::h265, trail));
  EXPECT_TRUE(starts_key_frame(VideoCodec::h265, aggregate(VideoCodec::h265, {trail, vps})));
}

TEST(KeyFrameTest, IsNotInAnAggregateThatIsBroken) {
  Payload payload = aggregate(VideoCodec::h264, {{0x09, 0xf0}, {0x67, 1, 2}});
  payload.pop_back();
  EXPECT_FALSE(starts_key_frame(VideoCodec::h264, payload));
  EXPECT_FALSE(starts_key_frame(VideoCodec::h264, Payload{24, 0}));
  EXPECT_FALSE(starts_key_frame(VideoCodec::h264, Payload{}));
}

TEST(SendTimeTest, IsFoundAloneAndInAnAggregate) {
  for (const VideoCodec codec : {VideoCodec::h264, VideoCodec::h265}) {
    const Payload sei = camsim::write_send_stamp(codec, {.unix_us = 1234567890123456, .frame = 7});
    const Payload slice(20, 0x41);
    EXPECT_EQ(find_send_time(codec, sei), 1234567890123456U);
    EXPECT_EQ(find_send_time(codec, aggregate(codec, {{0x67, 1, 2}, sei, slice})),
              1234567890123456U);
    EXPECT_FALSE(find_send_time(codec, slice));
  }
}

} // namespace
} // namespace fanlight::load
