// RTCP both ways, against libsrtp and the vectors of RFC 7714, section 17.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libsrtp_end.h"
#include "webrtcfanout/crypto/srtp.h"

namespace fanlight::fanout {
namespace {

const Octets kReport = hex("81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930"
                           "4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef");

Octets report_of(std::uint32_t ssrc) {
  Octets report = kReport;
  write_u32(&report[4], ssrc);
  return report;
}

Octets protect(RtcpProtector& protector, const Octets& packet) {
  Octets out = packet;
  out.resize(packet.size() + RtcpProtector::kMaxOverhead);
  out.resize(protector.protect(out, packet.size()));
  return out;
}

std::optional<Octets> unprotect(RtcpProtector& protector, Octets packet) {
  const std::optional<std::size_t> size = protector.unprotect(packet);
  if (!size) return std::nullopt;
  packet.resize(*size);
  return packet;
}

TEST(RtcpProtectorTest, ReadsTheGcmPacketOfTheRfc) {
  const SessionKey key{.profile = SrtpProfile::aead_aes_128_gcm,
                       .cipher = hex_array<16>("000102030405060708090a0b0c0d0e0f"),
                       .salt = hex_array<14>("517569642070726f2071756f")};
  RtcpProtector protector{key, key};

  const auto plain =
      unprotect(protector, hex("81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d"
                               "c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf872"
                               "45d9eade800005d4"));

  EXPECT_EQ(plain, kReport);
}

TEST(RtcpProtectorTest, RefusesRtcpInClearThoughItsTagIsRight) {
  const SessionKey key{.profile = SrtpProfile::aead_aes_128_gcm,
                       .cipher = hex_array<16>("000102030405060708090a0b0c0d0e0f"),
                       .salt = hex_array<14>("517569642070726f2071756f")};
  RtcpProtector protector{key, key};

  // RFC 7714, section 17.3.
  const auto plain =
      unprotect(protector, kReport + hex("841dd9683dd78ec92ae58790125f62b3000005d4"));

  EXPECT_FALSE(plain);
}

class RtcpProtectorOfTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  const SrtpKey ours_ = key_of(GetParam(), 1);
  const SrtpKey theirs_ = key_of(GetParam(), 2);
  RtcpProtector protector_{ours_, theirs_};
  LibsrtpEnd hears_{ours_, ssrc_any_inbound};
  LibsrtpEnd speaks_{theirs_, ssrc_any_outbound};
  const std::size_t overhead_ = GetParam() == SrtpProfile::aead_aes_128_gcm ? 20 : 14;
};

TEST_P(RtcpProtectorOfTest, IsUnderstoodByLibsrtp) {
  for (std::size_t size = 8; size <= 200; size += 4) {
    Octets report = report_of(size % 3);
    report.resize(size, 0x5a);

    const Octets packet = protect(protector_, report);

    EXPECT_EQ(packet.size(), size + overhead_);
    EXPECT_EQ(hears_.unprotect_rtcp(packet), report) << size;
  }
}

TEST_P(RtcpProtectorOfTest, UnderstandsLibsrtp) {
  for (std::size_t size = 8; size <= 200; size += 4) {
    Octets report = report_of(size % 3);
    report.resize(size, 0x5a);

    const auto packet = speaks_.protect_rtcp(report);

    ASSERT_TRUE(packet);
    EXPECT_EQ(unprotect(protector_, *packet), report) << size;
  }
}

TEST_P(RtcpProtectorOfTest, NeverEncryptsTwoPacketsAlike) {
  EXPECT_NE(protect(protector_, kReport), protect(protector_, kReport));
}

TEST_P(RtcpProtectorOfTest, DropsAPacketOfWhichAnyBitIsForged) {
  const Octets packet = *speaks_.protect_rtcp(report_of(1));
  for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
    Octets forged = packet;
    forged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);

    EXPECT_FALSE(unprotect(protector_, forged)) << bit;
  }

  EXPECT_TRUE(unprotect(protector_, packet));
}

TEST_P(RtcpProtectorOfTest, DropsAPacketCutAnywhere) {
  const Octets packet = *speaks_.protect_rtcp(report_of(1));

  for (std::size_t size = 0; size < packet.size(); ++size)
    EXPECT_FALSE(unprotect(protector_, Octets(packet.begin(), packet.begin() + size))) << size;
}

TEST_P(RtcpProtectorOfTest, DropsAReplay) {
  const Octets packet = *speaks_.protect_rtcp(report_of(1));
  ASSERT_TRUE(unprotect(protector_, packet));

  EXPECT_FALSE(unprotect(protector_, packet));
}

TEST_P(RtcpProtectorOfTest, TakesLatePacketsOnceAndTooLateOnesNever) {
  std::vector<Octets> packets;
  for (int i = 0; i < 300; ++i) packets.push_back(*speaks_.protect_rtcp(report_of(1)));
  ASSERT_TRUE(unprotect(protector_, packets[199]));

  for (int age : {127, 126, 65, 64, 63, 2, 1}) {
    EXPECT_TRUE(unprotect(protector_, packets[199 - age])) << age;
    EXPECT_FALSE(unprotect(protector_, packets[199 - age])) << age;
  }
  EXPECT_FALSE(unprotect(protector_, packets[199 - 128]));
}

TEST_P(RtcpProtectorOfTest, KeepsItsMemoryOfTheRecentAsTheWindowMoves) {
  std::vector<Octets> packets;
  for (int i = 0; i < 600; ++i) packets.push_back(*speaks_.protect_rtcp(report_of(1)));

  int before = 1;
  ASSERT_TRUE(unprotect(protector_, packets[before]));
  for (int at : {3, 65, 95, 158, 285, 500}) {
    EXPECT_TRUE(unprotect(protector_, packets[at])) << at;
    EXPECT_FALSE(unprotect(protector_, packets[at])) << at;
    EXPECT_FALSE(unprotect(protector_, packets[before])) << at;
    EXPECT_TRUE(unprotect(protector_, packets[at - 1])) << at << ": not come yet";
    before = at;
  }
}

TEST_P(RtcpProtectorOfTest, CountsForEachSsrcOfAViewer) {
  // As Firefox does it: audio and video have SSRCs, and indices, of their own.
  for (int round = 0; round < 200; ++round)
    for (std::uint32_t ssrc : {1U, 2U, 3U, 4U}) {
      const Octets packet = *speaks_.protect_rtcp(report_of(ssrc));

      EXPECT_TRUE(unprotect(protector_, packet)) << ssrc;
      EXPECT_FALSE(unprotect(protector_, packet)) << ssrc;
    }
}

TEST_P(RtcpProtectorOfTest, UnderstandsAViewerThatChangesItsSsrcOften) {
  for (std::uint32_t ssrc = 0; ssrc < 100; ++ssrc)
    EXPECT_TRUE(unprotect(protector_, *speaks_.protect_rtcp(report_of(ssrc)))) << ssrc;
}

TEST_P(RtcpProtectorOfTest, HearsNothingUnderItsOwnKey) {
  EXPECT_FALSE(unprotect(protector_, protect(protector_, kReport)));
}

TEST_P(RtcpProtectorOfTest, SendsNothingThatIsNoRtcpOrHasNoRoom) {
  Octets packet = kReport;
  packet.resize(kReport.size() + RtcpProtector::kMaxOverhead);

  EXPECT_EQ(protector_.protect(packet, 7), 0U);
  EXPECT_EQ(protector_.protect(packet, kReport.size() + 1), 0U);
}

INSTANTIATE_TEST_SUITE_P(Profiles, RtcpProtectorOfTest,
                         testing::Values(SrtpProfile::aead_aes_128_gcm,
                                         SrtpProfile::aes128_cm_sha1_80),
                         [](const auto& instance) {
                           return instance.param == SrtpProfile::aead_aes_128_gcm ? "Gcm"
                                                                                  : "CmSha1";
                         });

} // namespace
} // namespace fanlight::fanout
