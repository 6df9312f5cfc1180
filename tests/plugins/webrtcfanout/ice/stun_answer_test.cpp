// Binding requests of ours, and what viewers answer them with.
#include "webrtcfanout/ice/stun.h"

#include <string>

#include <gmock/gmock.h>

#include "stun_messages.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAreArray;

const StunTransaction kTransaction{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(StunOwnRequestTest, IsOneThatAFullAgentTakes) {
  Octets out(kMaxOwnRequest);
  out.resize(write_binding_request(out, kTransaction, "evtj:h6vY", kSamplePassword));

  const auto request = parse_binding_request(out);

  ASSERT_TRUE(request);
  EXPECT_EQ(request->transaction, kTransaction);
  EXPECT_EQ(request->username, "evtj:h6vY");
  EXPECT_EQ(request->priority, 0x6effffffU);
  EXPECT_TRUE(request->controlled);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_THAT(request->unknown, testing::IsEmpty());
  EXPECT_TRUE(has_integrity(request->integrity_at, out, kSamplePassword));
}

TEST(StunOwnRequestTest, HasRoomForTheLongestUsernameAndForNoLonger) {
  Octets out(kMaxOwnRequest);
  const std::string longest = std::string(256, 'a') + ":" + std::string(256, 'b');

  EXPECT_EQ(write_binding_request(out, kTransaction, longest, kSamplePassword), kMaxOwnRequest);
  EXPECT_EQ(write_binding_request(out, kTransaction, longest + "b", kSamplePassword), 0U);
  EXPECT_EQ(write_binding_request(out, kTransaction, "a:b", ""), 0U);
  EXPECT_EQ(
      write_binding_request(MutableBytes(out).first(100), kTransaction, "a:b", kSamplePassword),
      0U);
}

// RFC 5769, section 2.2.
const Octets kSampleSuccess = hex("0101 003c 2112a442 b7e7a701bc34d686fa87dfae"
                                  "8022 000b 7465737420766563746f7220"
                                  "0020 0008 0001a147e112a643"
                                  "0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
                                  "8028 0004 c07d4c96");

TEST(StunAnswerTest, IsReadAsTheSampleOfTheRfc) {
  const auto success = parse_binding_success(kSampleSuccess);

  ASSERT_TRUE(success);
  EXPECT_THAT(success->transaction, ElementsAreArray(hex("b7e7a701bc34d686fa87dfae")));
  EXPECT_TRUE(has_integrity(success->integrity_at, kSampleSuccess, kSamplePassword));
  EXPECT_FALSE(has_integrity(success->integrity_at, kSampleSuccess, "VOkJxbRl1RmTxUk/WvJxBT"));
  EXPECT_TRUE(is_binding_answer(kSampleSuccess));
}

TEST(StunAnswerTest, MayDoWithoutAFingerprint) {
  const Octets none(kSampleSuccess.begin(), kSampleSuccess.end() - 8);
  Octets short_one = none;
  set_length(short_one, short_one.size() - 20);

  const auto success = parse_binding_success(short_one);

  ASSERT_TRUE(success);
  EXPECT_TRUE(has_integrity(success->integrity_at, short_one, kSamplePassword));
  EXPECT_FALSE(parse_binding_success(none)) << "its length is another";
}

// RFC 8489, section 14.1: servers of RFC 3489 send it, some agents do still.
TEST(StunAnswerTest, MayNameTheAddressAsItIs) {
  const Octets mapped = attribute(0x0001, hex("0001 1388 c0000201"));

  EXPECT_TRUE(parse_binding_success(request_with(mapped, 0x0101)));
}

TEST(StunAnswerTest, IsNothingElse) {
  EXPECT_FALSE(parse_binding_success(kSampleRequest));
  EXPECT_FALSE(is_binding_answer(kSampleRequest));
  EXPECT_FALSE(parse_binding_success(request_with({}, 0x0111))) << "an error";
  EXPECT_TRUE(is_binding_answer(request_with({}, 0x0111)));
  EXPECT_FALSE(parse_binding_success(request_with(attribute(0x7777, {}), 0x0101)))
      << "it has to be understood";
  EXPECT_FALSE(parse_binding_success(hex("0101 0000 2112a442 0102030405060708090a0b0c")));
  for (std::size_t size = 0; size < kSampleSuccess.size(); ++size)
    EXPECT_FALSE(parse_binding_success(Bytes(kSampleSuccess).first(size))) << size;
  for (std::size_t i = 0; i + 8 < kSampleSuccess.size(); ++i) { // Up to the fingerprint.
    Octets forged = kSampleSuccess;
    forged[i] ^= 1;
    const auto read = parse_binding_success(forged);
    EXPECT_FALSE(read && has_integrity(read->integrity_at, forged, kSamplePassword)) << i;
  }
}

} // namespace
} // namespace fanlight::fanout
