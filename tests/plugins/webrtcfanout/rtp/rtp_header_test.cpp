// The header that a packet gets for one viewer.
#include "webrtcfanout/rtp/rtp_header.h"

#include <gtest/gtest.h>

#include "hex.h"

namespace fanlight::fanout {
namespace {

using Extensions = std::vector<Offer::Extension>;

Octets write(const RtpHeader& header, const RtpHeader::Fields& fields) {
  Octets bytes(header.size());
  header.write(bytes.data(), fields);
  return bytes;
}

const RtpHeader::Fields kFields{.sequence = 0x1234,
                                .timestamp = 0x89abcdef,
                                .marker = true,
                                .send_time = 0x112233,
                                .transport_sequence = 0x4455};

TEST(RtpHeaderTest, HasTwelveBytesWithoutExtensions) {
  const RtpHeader header(96, 0xaabbccdd, {}, "0");

  EXPECT_EQ(write(header, kFields), hex("80e0 1234 89abcdef aabbccdd"));
  EXPECT_EQ(write(header, {.sequence = 1}), hex("8060 0001 00000000 aabbccdd"));
}

TEST(RtpHeaderTest, CarriesWhatWasNegotiated) {
  const RtpHeader header(96, 0xaabbccdd,
                         Extensions{{4, extension_uri::kMid},
                                    {6, extension_uri::kPlayoutDelay},
                                    {2, extension_uri::kAbsSendTime},
                                    {3, extension_uri::kTransportCc}},
                         "v1");

  EXPECT_EQ(write(header, kFields), hex("90e0 1234 89abcdef aabbccdd bede0004"
                                        "41 7631"   // The mid, "v1".
                                        "62 00000a" // Between 0 and 100 ms.
                                        "22 112233" // The time of sending.
                                        "31 4455"   // The number of the transport.
                                        "0000"));   // Up to a whole word.
  EXPECT_TRUE(header.has_send_time());
  EXPECT_TRUE(header.has_transport_sequence());
}

TEST(RtpHeaderTest, IsOfOneSizeWhateverTheFields) {
  const RtpHeader header(96, 1, Extensions{{1, extension_uri::kAbsSendTime}}, "");

  EXPECT_EQ(write(header, kFields).size(), write(header, {}).size());
}

TEST(RtpHeaderTest, LeavesOutWhatTheShortFormCannotSay) {
  const RtpHeader header(96, 1, Extensions{{1, extension_uri::kMid}}, std::string(17, 'm'));

  EXPECT_EQ(header.size(), 12U);
}

TEST(RtpHeaderTest, LeavesOutWhatItDoesNotKnow) {
  const RtpHeader header(96, 1, Extensions{{1, "urn:x"}, {2, extension_uri::kMid}}, "");

  EXPECT_EQ(header.size(), 12U);
}

TEST(RtpHeaderTest, StaysWithinItsBoundsWhateverWasOffered) {
  Extensions extensions;
  for (int id = 1; id < 15; ++id) extensions.push_back({id, extension_uri::kMid});

  const RtpHeader header(96, 1, extensions, std::string(16, 'm'));

  EXPECT_LE(header.size(), RtpHeader::kMaxSize);
}

TEST(RtpHeaderTest, TellsTheTimeInSixBitsOfSeconds) {
  EXPECT_EQ(abs_send_time(0), 0U);
  EXPECT_EQ(abs_send_time(1'500'000), 0x60000U);
  EXPECT_EQ(abs_send_time(63'999'999), 0xffffffU);
  EXPECT_EQ(abs_send_time(64'000'000), 0U);
}

} // namespace
} // namespace fanlight::fanout
