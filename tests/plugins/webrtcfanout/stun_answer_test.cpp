// Binding requests of ours, and what viewers answer them with.
#include "webrtcfanout/stun.h"

#include <string>

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "hex.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAreArray;

constexpr const char* kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

// RFC 5769, section 2.1.
const Octets kSampleRequest = hex("0001 0058 2112a442 b7e7a701bc34d686fa87dfae"
                                  "8022 0010 5354554e207465737420636c69656e74"
                                  "0024 0004 6e0001ff"
                                  "8029 0008 932ff9b151263b36"
                                  "0006 0009 6576746a3a68367659202020"
                                  "0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                                  "8028 0004 e57a3bcf");

Octets attribute(std::uint16_t type, Octets value) {
  Octets bytes(4);
  write_u16(&bytes[0], type);
  write_u16(&bytes[2], static_cast<std::uint16_t>(value.size()));
  value.resize((value.size() + 3) / 4 * 4);
  return bytes + value;
}

// On their own, so that a fault of the code cannot hide behind the same one in its test.
std::uint32_t crc_of(const Octets& bytes) {
  std::uint32_t value = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    value ^= byte;
    for (int i = 0; i < 8; ++i) value = value & 1 ? value >> 1 ^ 0xedb88320U : value >> 1;
  }
  return ~value;
}

Octets hmac_of(const Octets& bytes, std::string_view password) {
  Octets digest(20);
  HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), bytes.data(), bytes.size(),
       digest.data(), nullptr);
  return digest;
}

void set_length(Octets& message, std::size_t size) {
  write_u16(&message[2], static_cast<std::uint16_t>(size));
}

void add_fingerprint(Octets& message) {
  set_length(message, message.size() - 20 + 8);
  Octets value(4);
  write_u32(value.data(), crc_of(message) ^ 0x5354554e);
  message = message + attribute(0x8028, value);
}

void add_integrity(Octets& message, std::string_view password = kPassword) {
  set_length(message, message.size() - 20 + 24);
  message = message + attribute(0x0008, hmac_of(message, password));
}

/// A request with these attributes, then MESSAGE-INTEGRITY and FINGERPRINT.
Octets request_with(const Octets& attributes, std::uint16_t type = 1) {
  Octets message = hex("0000 0000 2112a442 0102030405060708090a0b0c") + attributes;
  write_u16(message.data(), type);
  add_integrity(message);
  add_fingerprint(message);
  return message;
}

const StunTransaction kTransaction{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(StunOwnRequestTest, IsOneThatAFullAgentTakes) {
  Octets out(kMaxOwnRequest);
  out.resize(write_binding_request(out, kTransaction, "evtj:h6vY", kPassword));

  const auto request = parse_binding_request(out);

  ASSERT_TRUE(request);
  EXPECT_EQ(request->transaction, kTransaction);
  EXPECT_EQ(request->username, "evtj:h6vY");
  EXPECT_EQ(request->priority, 0x6effffffU);
  EXPECT_TRUE(request->controlled);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_THAT(request->unknown, testing::IsEmpty());
  EXPECT_TRUE(has_integrity(request->integrity_at, out, kPassword));
}

TEST(StunOwnRequestTest, HasRoomForTheLongestUsernameAndForNoLonger) {
  Octets out(kMaxOwnRequest);
  const std::string longest = std::string(256, 'a') + ":" + std::string(256, 'b');

  EXPECT_EQ(write_binding_request(out, kTransaction, longest, kPassword), kMaxOwnRequest);
  EXPECT_EQ(write_binding_request(out, kTransaction, longest + "b", kPassword), 0U);
  EXPECT_EQ(write_binding_request(out, kTransaction, "a:b", ""), 0U);
  EXPECT_EQ(write_binding_request(MutableBytes(out).first(100), kTransaction, "a:b", kPassword),
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
  EXPECT_TRUE(has_integrity(success->integrity_at, kSampleSuccess, kPassword));
  EXPECT_FALSE(has_integrity(success->integrity_at, kSampleSuccess, "VOkJxbRl1RmTxUk/WvJxBT"));
  EXPECT_TRUE(is_binding_answer(kSampleSuccess));
}

TEST(StunAnswerTest, MayDoWithoutAFingerprint) {
  const Octets none(kSampleSuccess.begin(), kSampleSuccess.end() - 8);
  Octets short_one = none;
  set_length(short_one, short_one.size() - 20);

  const auto success = parse_binding_success(short_one);

  ASSERT_TRUE(success);
  EXPECT_TRUE(has_integrity(success->integrity_at, short_one, kPassword));
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
    EXPECT_FALSE(read && has_integrity(read->integrity_at, forged, kPassword)) << i;
  }
}

} // namespace
} // namespace fanlight::fanout
