// Keys and RTP. The vectors are those of RFC 3711, appendix B, and RFC 7714, section 16.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include "libsrtp_end.h"
#include "webrtcfanout/crypto/hmac_sha1.h"
#include "webrtcfanout/crypto/srtp.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAreArray;

std::size_t allocations = 0;

void* count_malloc(std::size_t size, const char*, int) {
  ++allocations;
  return std::malloc(size);
}
void* count_realloc(void* memory, std::size_t size, const char*, int) {
  ++allocations;
  return std::realloc(memory, size);
}
void count_free(void* memory, const char*, int) { std::free(memory); }

// Before OpenSSL has allocated anything, or it refuses.
const bool counting = CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free) == 1;

constexpr std::uint32_t kSsrc = 0x5501a0b2;

/// With an extension of one byte-form element, as video has it.
Octets header_of(std::uint64_t index, std::uint32_t ssrc = kSsrc) {
  Octets header = hex("90e00000 00015f90 00000000 bede0001 10ff0000");
  write_u16(&header[2], static_cast<std::uint16_t>(index));
  write_u32(&header[8], ssrc);
  return header;
}

Octets payload_of(std::size_t size) {
  Octets payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i * 31 + size);
  return payload;
}

Octets protect(RtpProtector& protector, const Octets& header, const Octets& payload,
               std::uint64_t index) {
  Octets out(header.size() + payload.size() + protector.overhead());
  EXPECT_EQ(protector.protect(header, payload, index, out.data()), out.size());
  return out;
}

TEST(SrtpKeyTest, DerivesTheKeysOfTheRfc) {
  const SrtpKey master{.profile = SrtpProfile::aes128_cm_sha1_80,
                       .key = hex_array<16>("e1f97a0d3e018be0d64fa32c06de4139"),
                       .salt = hex_array<14>("0ec675ad498afeebb6960b3aabe6")};

  const std::optional<SessionKey> session = rtp_session_key(master);

  ASSERT_TRUE(session);
  EXPECT_THAT(session->cipher, ElementsAreArray(hex("c61e7a93744f39ee10734afe3ff7a087")));
  EXPECT_THAT(session->salt, ElementsAreArray(hex("30cbbc08863d8c85d49db34a9ae1")));
  EXPECT_THAT(session->auth, ElementsAreArray(hex("cebe321f6ff7716b6fd4ab49af256a156d38baa4")));
}

TEST(SrtpKeyTest, HasOtherKeysForRtcp) {
  const SrtpKey master = key_of(SrtpProfile::aead_aes_128_gcm);

  const auto rtp = rtp_session_key(master);
  const auto rtcp = rtcp_session_key(master);

  ASSERT_TRUE(rtp && rtcp);
  EXPECT_NE(rtp->cipher, rtcp->cipher);
  EXPECT_NE(rtp->salt, rtcp->salt);
}

TEST(SrtpKeyTest, ReadsTwelveBytesOfAGcmSalt) {
  SrtpKey master = key_of(SrtpProfile::aead_aes_128_gcm);
  const auto session = rtp_session_key(master);
  master.salt[12] ^= 1;
  master.salt[13] ^= 1;

  const auto same = rtp_session_key(master);

  ASSERT_TRUE(session && same);
  EXPECT_EQ(session->cipher, same->cipher);
  EXPECT_EQ(session->salt, same->salt);
}

TEST(HmacSha1Test, GivesTheDigestOfRfc2202) {
  const Octets key(20, 0x0b);
  const Octets first = hex("4869 2054"); // "Hi There"
  const Octets second = hex("68657265");

  const auto digest = HmacSha1{key}.digest(first, second);

  EXPECT_THAT(digest, ElementsAreArray(hex("b617318655057264e28bc0b6fb378c8ef146be00")));
}

TEST(RtpProtectorTest, EncryptsByTheCounterModeOfTheRfc) {
  const SessionKey key{.profile = SrtpProfile::aes128_cm_sha1_80,
                       .cipher = hex_array<16>("2b7e151628aed2a6abf7158809cf4f3c"),
                       .salt = hex_array<14>("f0f1f2f3f4f5f6f7f8f9fafbfcfd")};
  const auto protector = RtpProtector::create(key);
  ASSERT_TRUE(protector);

  const Octets packet = protect(*protector, header_of(0, 0), Octets(48, 0), 0);

  EXPECT_THAT(Octets(packet.begin() + 20, packet.end() - 10),
              ElementsAreArray(hex("e03ead0935c95e80e166b16dd92b4eb4"
                                   "d23513162b02d0f72a43a2fe4a5f97ab"
                                   "41e95b3bb0a2e8dd477901e4fca894c0")));
}

TEST(RtpProtectorTest, EncryptsAndTagsLikeTheGcmPacketOfTheRfc) {
  const SessionKey key{.profile = SrtpProfile::aead_aes_128_gcm,
                       .cipher = hex_array<16>("000102030405060708090a0b0c0d0e0f"),
                       .salt = hex_array<14>("517569642070726f2071756f")};
  const auto protector = RtpProtector::create(key);
  ASSERT_TRUE(protector);
  const Octets header = hex("8040f17b8041f8d35501a0b2");
  const Octets payload = hex("47616c6c696120657374206f6d6e69732064"
                             "697669736120696e207061727465732074726573");

  const Octets packet = protect(*protector, header, payload, 0xf17b);

  EXPECT_THAT(packet, ElementsAreArray(hex("8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c"
                                           "9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf"
                                           "8833899d7f27beb16a9152cf765ee4390cce")));
}

class RtpProtectorOfTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  const SrtpKey key_ = key_of(GetParam());
  const std::unique_ptr<RtpProtector> protector_ = RtpProtector::create(key_);
  LibsrtpEnd viewer_{key_, ssrc_any_inbound};
};

TEST_P(RtpProtectorOfTest, IsUnderstoodByLibsrtpAtEverySize) {
  std::uint64_t index = 1000;
  for (std::size_t size = 0; size <= 1300; size += size < 400 ? 1 : 13) {
    const Octets header = header_of(++index);
    const Octets payload = payload_of(size);

    const auto plain = viewer_.unprotect_rtp(protect(*protector_, header, payload, index));

    ASSERT_TRUE(plain) << size;
    EXPECT_EQ(*plain, header + payload) << size;
  }
}

TEST_P(RtpProtectorOfTest, CountsRollovers) {
  for (std::uint64_t index = 0xfff0; index < 3 * 0x10000; index += 0x1fff) {
    const auto plain =
        viewer_.unprotect_rtp(protect(*protector_, header_of(index), payload_of(90), index));

    EXPECT_EQ(plain, header_of(index) + payload_of(90)) << index;
  }
}

TEST_P(RtpProtectorOfTest, PassesTheBorderOfSequenceNumbers) {
  for (std::uint64_t index = 0xfffe; index <= 0x10002; ++index) {
    const auto plain =
        viewer_.unprotect_rtp(protect(*protector_, header_of(index), payload_of(90), index));

    EXPECT_EQ(plain, header_of(index) + payload_of(90)) << index;
  }
}

TEST_P(RtpProtectorOfTest, GoesBackForAResentPacket) {
  std::vector<Octets> packets;
  for (std::uint64_t index : {7, 9, 8})
    packets.push_back(protect(*protector_, header_of(index), payload_of(40), index));

  for (const Octets& packet : packets) EXPECT_TRUE(viewer_.unprotect_rtp(packet));
}

TEST_P(RtpProtectorOfTest, ServesManySsrcsWithCountersOfTheirOwn) {
  for (std::uint64_t index = 5; index < 8; ++index)
    for (std::uint32_t ssrc : {1U, 2U, 0xffffffffU}) {
      const Octets header = header_of(index, ssrc);

      const auto plain = viewer_.unprotect_rtp(protect(*protector_, header, payload_of(70), index));

      EXPECT_EQ(plain, header + payload_of(70)) << ssrc;
    }
}

TEST_P(RtpProtectorOfTest, WritesInPlaceWhatItWritesElsewhere) {
  const Octets header = header_of(77);
  const Octets payload = payload_of(1183);
  Octets packet = header + payload;
  packet.resize(packet.size() + protector_->overhead());
  const Bytes plain = packet;

  const std::size_t size = protector_->protect(
      plain.first(header.size()), plain.subspan(header.size(), payload.size()), 77, packet.data());

  EXPECT_EQ(size, packet.size());
  EXPECT_EQ(packet, protect(*protector_, header, payload, 77));
}

TEST_P(RtpProtectorOfTest, AllocatesNothing) {
  ASSERT_TRUE(counting);
  const Octets header = header_of(1);
  const Octets payload = payload_of(1160);
  Octets out(1200);
  const std::size_t before = allocations;

  for (std::uint64_t index = 1; index < 20; ++index)
    protector_->protect(header, payload, index, out.data());

  EXPECT_EQ(allocations, before);
}

INSTANTIATE_TEST_SUITE_P(Profiles, RtpProtectorOfTest,
                         testing::Values(SrtpProfile::aead_aes_128_gcm,
                                         SrtpProfile::aes128_cm_sha1_80),
                         [](const auto& instance) {
                           return instance.param == SrtpProfile::aead_aes_128_gcm ? "Gcm"
                                                                                  : "CmSha1";
                         });

} // namespace
} // namespace fanlight::fanout
