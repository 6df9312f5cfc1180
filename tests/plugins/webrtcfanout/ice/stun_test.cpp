// Binding requests as viewers send them, and our answers, byte by byte.
#include "webrtcfanout/ice/stun.h"

#include <numeric>
#include <string>

#include <gmock/gmock.h>

#include "stun_messages.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

Octets text(std::string_view value) { return {value.begin(), value.end()}; }

const Octets kUser = attribute(0x0006, text("ours:theirs"));

BindingRequest request() { return *parse_binding_request(kSampleRequest); }

Octets success(const SocketAddress& mapped) {
  Octets out(kMaxStunResponse);
  out.resize(write_binding_success(out, request(), mapped, kSamplePassword));
  return out;
}

Octets error(const BindingRequest& request, int code) {
  Octets out(kMaxStunResponse);
  out.resize(write_binding_error(out, request, code, kSamplePassword));
  return out;
}

/// Whether the message ends in a MESSAGE-INTEGRITY and a FINGERPRINT that are right.
void expect_sealed(Octets message) {
  ASSERT_GE(message.size(), 52U);
  EXPECT_EQ(read_u16(&message[2]), message.size() - 20);
  const Octets sealed = message;
  message.resize(message.size() - 32);
  add_integrity(message);
  add_fingerprint(message);
  EXPECT_EQ(sealed, message);
}

TEST(StunTest, ReadsTheSampleRequestOfTheStandard) {
  const auto request = parse_binding_request(kSampleRequest);

  ASSERT_TRUE(request);
  EXPECT_EQ(request->username, "evtj:h6vY");
  EXPECT_EQ(local_ufrag(*request), "evtj");
  EXPECT_EQ(request->priority, 0x6e0001ffU);
  EXPECT_TRUE(request->controlled);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_EQ(request->integrity_at, 76U);
  EXPECT_THAT(request->transaction, ElementsAreArray(hex("b7e7a701bc34d686fa87dfae")));
  EXPECT_TRUE(request->unknown.empty());
  EXPECT_TRUE(has_integrity(request->integrity_at, kSampleRequest, kSamplePassword));
}

TEST(StunTest, ReadsWhatABrowserSends) {
  // The username, network cost, ICE-CONTROLLING, USE-CANDIDATE and priority, in Chromium's order.
  const Octets datagram = request_with(kUser + attribute(0xc057, hex("000003e7")) +
                                       attribute(0x802a, hex("0123456789abcdef")) +
                                       attribute(0x0025, {}) + attribute(0x0024, hex("6e7f1eff")));

  const auto request = parse_binding_request(datagram);

  ASSERT_TRUE(request);
  EXPECT_EQ(local_ufrag(*request), "ours");
  EXPECT_TRUE(request->use_candidate);
  EXPECT_FALSE(request->controlled);
  EXPECT_EQ(request->priority, 0x6e7f1effU);
  EXPECT_TRUE(request->unknown.empty());
}

TEST(StunTest, KnowsAForgedRequestByItsIntegrity) {
  const Octets datagram = request_with(kUser);
  const auto request = parse_binding_request(datagram);
  ASSERT_TRUE(request);

  EXPECT_TRUE(has_integrity(request->integrity_at, datagram, kSamplePassword));
  EXPECT_FALSE(has_integrity(request->integrity_at, datagram, "VOkJxbRl1RmTxUk/WvJxBT"));
  EXPECT_FALSE(has_integrity(request->integrity_at, datagram, "VOkJxbRl1RmTxUk/WvJxB"));
  EXPECT_FALSE(has_integrity(request->integrity_at, datagram, ""));
}

TEST(StunTest, CoversEveryByteBeforeTheIntegrityByIt) {
  for (std::size_t i = 8; i < 76; ++i) {
    Octets forged(kSampleRequest.begin(), kSampleRequest.end() - 8);
    forged[i] ^= 1;
    add_fingerprint(forged);
    const auto request = parse_binding_request(forged);
    EXPECT_FALSE(request && has_integrity(request->integrity_at, forged, kSamplePassword)) << i;
  }
}

TEST(StunTest, DoesNotReadPastADatagramThatIsNotTheRequests) {
  const auto request = parse_binding_request(kSampleRequest);

  EXPECT_FALSE(
      has_integrity(request->integrity_at, Bytes(kSampleRequest).first(90), kSamplePassword));
  EXPECT_FALSE(has_integrity(0, kSampleRequest, kSamplePassword));
}

TEST(StunTest, SeesEveryChangedBitByTheFingerprint) {
  for (std::size_t bit = 0; bit < kSampleRequest.size() * 8; ++bit) {
    Octets changed = kSampleRequest;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(parse_binding_request(changed)) << bit;
  }
}

TEST(StunTest, RefusesEveryPieceOfARequest) {
  for (std::size_t size = 0; size < kSampleRequest.size(); ++size)
    EXPECT_FALSE(parse_binding_request(Bytes(kSampleRequest).first(size))) << size;
}

TEST(StunTest, RefusesOtherMessages) {
  EXPECT_TRUE(parse_binding_request(request_with(kUser)));
  EXPECT_FALSE(parse_binding_request(request_with(kUser, 0x0011))); // An indication.
  EXPECT_FALSE(parse_binding_request(request_with(kUser, 0x0101))); // A success response.
  EXPECT_FALSE(parse_binding_request(request_with(kUser, 0x0111))); // An error response.
  EXPECT_FALSE(parse_binding_request(request_with(kUser, 0x0003))); // TURN: allocate.
}

TEST(StunTest, RefusesAnotherCookie) {
  Octets message = hex("0001 0000 2112a443 0102030405060708090a0b0c") + kUser;
  add_integrity(message);
  add_fingerprint(message);

  EXPECT_FALSE(parse_binding_request(message));
}

TEST(StunTest, RefusesARequestWithoutUsername) {
  EXPECT_FALSE(parse_binding_request(request_with(attribute(0x0024, hex("6e0001ff")))));
}

TEST(StunTest, RefusesAUsernameThatIsNotTwoFragments) {
  EXPECT_FALSE(parse_binding_request(request_with(attribute(0x0006, text("ours")))));
  EXPECT_FALSE(parse_binding_request(request_with(attribute(0x0006, text(":theirs")))));
  EXPECT_FALSE(parse_binding_request(request_with(attribute(0x0006, {}))));
}

TEST(StunTest, TakesUsernamesOfTheLongestFragments) {
  const std::string longest = std::string(256, 'a') + ":" + std::string(256, 'b');
  const Octets datagram = request_with(attribute(0x0006, text(longest)));

  const auto request = parse_binding_request(datagram);

  ASSERT_TRUE(request);
  EXPECT_EQ(request->username, longest);
  EXPECT_FALSE(parse_binding_request(request_with(attribute(0x0006, text(longest + "b")))));
}

TEST(StunTest, RefusesARequestWithoutIntegrity) {
  Octets message = hex("0001 0000 2112a442 0102030405060708090a0b0c") + kUser;
  add_fingerprint(message);

  EXPECT_FALSE(parse_binding_request(message));
}

TEST(StunTest, RefusesARequestWithoutFingerprint) {
  Octets message = hex("0001 0000 2112a442 0102030405060708090a0b0c") + kUser;
  add_integrity(message);

  EXPECT_FALSE(parse_binding_request(message));
}

TEST(StunTest, RefusesAFingerprintThatIsNotTheLast) {
  Octets message = request_with(kUser) + attribute(0x8022, text("more"));
  set_length(message, message.size() - 20);

  EXPECT_FALSE(parse_binding_request(message));
}

TEST(StunTest, RefusesAnIntegrityOfAnotherSize) {
  Octets message = hex("0001 0000 2112a442 0102030405060708090a0b0c") + kUser;
  message = message + attribute(0x0008, Octets(16));
  add_fingerprint(message);

  EXPECT_FALSE(parse_binding_request(message));
}

TEST(StunTest, RefusesAttributesThatReachBeyondTheMessage) {
  for (const std::uint16_t size : {5, 8, 9, 40, 0xfffd, 0xffff}) {
    Octets message = hex("0001 0000 2112a442 0102030405060708090a0b0c") + kUser;
    add_integrity(message);
    Octets last = attribute(0x8022, text("last"));
    write_u16(&last[2], size);
    message = message + last;
    add_fingerprint(message);
    EXPECT_FALSE(parse_binding_request(message)) << size;
  }
}

TEST(StunTest, RefusesKnownAttributesOfAnImpossibleSize) {
  for (const Octets& wrong :
       {attribute(0x0024, hex("6e00")), attribute(0x0024, {}), attribute(0x0025, hex("00")),
        attribute(0x8029, hex("01020304")), attribute(0x8029, {})})
    EXPECT_FALSE(parse_binding_request(request_with(kUser + wrong)));
}

TEST(StunTest, RefusesWhatDoesNotFitIntoADatagram) {
  const auto sized = [](std::size_t size) {
    return request_with(kUser + attribute(0x8022, Octets(size - 20 - 16 - 4 - 32)));
  };
  ASSERT_EQ(sized(kMaxStunRequest).size(), kMaxStunRequest);

  const Octets largest = sized(kMaxStunRequest);
  const auto request = parse_binding_request(largest);

  ASSERT_TRUE(request);
  EXPECT_TRUE(has_integrity(request->integrity_at, largest, kSamplePassword));
  EXPECT_FALSE(parse_binding_request(sized(kMaxStunRequest + 4)));
}

TEST(StunTest, TakesTheFirstOfWhatIsThereTwice) {
  const Octets datagram =
      request_with(kUser + attribute(0x0006, text("other:theirs")) +
                   attribute(0x0024, hex("00000001")) + attribute(0x0024, hex("00000002")));

  const auto request = parse_binding_request(datagram);

  ASSERT_TRUE(request);
  EXPECT_EQ(local_ufrag(*request), "ours");
  EXPECT_EQ(request->priority, 1U);
}

TEST(StunTest, HeedsNothingBehindTheIntegrity) {
  Octets message = hex("0001 0000 2112a442 0102030405060708090a0b0c") + kUser;
  add_integrity(message);
  message = message + attribute(0x0025, {}) + attribute(0x7f01, {}) + attribute(0x001c, Octets(32));
  add_fingerprint(message);

  const auto request = parse_binding_request(message);

  ASSERT_TRUE(request);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_TRUE(request->unknown.empty());
  EXPECT_TRUE(has_integrity(request->integrity_at, message, kSamplePassword));
}

TEST(StunTest, NamesAttributesItShouldUnderstandAndDoesNot) {
  const Octets datagram = request_with(kUser + attribute(0x7f01, hex("01")) +
                                       attribute(0x8fff, hex("02")) + attribute(0x0002, {}));

  const auto request = parse_binding_request(datagram);

  ASSERT_TRUE(request);
  EXPECT_THAT(request->unknown, ElementsAre(0x7f01, 0x0002));
}

TEST(StunTest, NamesABoundedNumberOfThem) {
  Octets many = kUser;
  for (std::uint16_t i = 0; i < 200; ++i) many = many + attribute(0x7000 + i, {});
  const Octets datagram = request_with(many);

  const auto request = parse_binding_request(datagram);

  ASSERT_TRUE(request);
  EXPECT_EQ(request->unknown.size(), kMaxUnknown);
  const Octets answer = error(*request, 420);
  EXPECT_LE(answer.size(), kMaxStunResponse);
  expect_sealed(answer);
}

TEST(StunTest, AnswersWithTheMappedAddressOfTheStandard) {
  // RFC 5769, section 2.2, but for SOFTWARE.
  const Octets answer = success(*SocketAddress::parse("192.0.2.1", 32853));

  ASSERT_EQ(answer.size(), 64U);
  EXPECT_THAT(Bytes(answer).first(32),
              ElementsAreArray(hex("0101 002c 2112a442 b7e7a701bc34d686fa87dfae"
                                   "0020 0008 0001a147e112a643")));
  expect_sealed(answer);
}

TEST(StunTest, AnswersWithTheMappedIpv6AddressOfTheStandard) {
  // RFC 5769, section 2.3, but for SOFTWARE.
  const Octets answer =
      success(*SocketAddress::parse("2001:db8:1234:5678:11:2233:4455:6677", 32853));

  ASSERT_EQ(answer.size(), 76U);
  EXPECT_THAT(Bytes(answer).first(44),
              ElementsAreArray(hex("0101 0038 2112a442 b7e7a701bc34d686fa87dfae 0020 0014"
                                   "0002a147 0113a9faa5d3f179bc25f4b5bed2b9d9")));
  expect_sealed(answer);
}

TEST(StunTest, AnswersAreSmallerThanTheRequestsOfBrowsers) {
  // Nobody's answers are a means to flood others.
  EXPECT_LE(success(*SocketAddress::parse("2001:db8::1", 1)).size(), kSampleRequest.size());
}

TEST(StunTest, AnswersABadRequest) {
  const Octets answer = error(request(), 400);

  EXPECT_THAT(Bytes(answer).first(40),
              ElementsAreArray(hex("0111 0034 2112a442 b7e7a701bc34d686fa87dfae"
                                   "0009 000f 00000400") +
                               text("Bad Request") + hex("00")));
  expect_sealed(answer);
}

TEST(StunTest, AnswersARoleConflict) {
  const Octets answer = error(request(), 487);

  EXPECT_THAT(Bytes(answer).subspan(20, 24),
              ElementsAreArray(hex("0009 0011 00000457") + text("Role Conflict") + hex("000000")));
  expect_sealed(answer);
}

TEST(StunTest, AnswersUnknownAttributesByTheirNumbers) {
  const Octets datagram =
      request_with(kUser + attribute(0x7f01, {}) + attribute(0x7f02, {}) + attribute(0x7f03, {}));

  const Octets answer = error(*parse_binding_request(datagram), 420);

  EXPECT_THAT(Bytes(answer).subspan(20, 40),
              ElementsAreArray(hex("0009 0015 00000414") + text("Unknown Attribute") +
                               hex("000000 000a 0006 7f017f027f030000")));
  expect_sealed(answer);
}

TEST(StunTest, WritesNothingWhereThereIsNoRoom) {
  Octets small(kMaxStunResponse - 1);

  EXPECT_EQ(write_binding_success(small, request(), {}, kSamplePassword), 0U);
  EXPECT_EQ(write_binding_error(small, request(), 400, kSamplePassword), 0U);
}

} // namespace
} // namespace fanlight::fanout
