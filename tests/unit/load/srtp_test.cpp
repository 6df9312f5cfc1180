#include "load/rtc/srtp.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <srtp2/srtp.h>

namespace fanlight::load {
namespace {

using testing::ElementsAreArray;
using Packet = std::vector<std::uint8_t>;

SrtpMaster master(std::uint8_t first, SrtpProfile profile) {
  SrtpMaster master{};
  std::iota(master.key.begin(), master.key.end(), first);
  std::iota(master.salt.begin(), master.salt.end(), static_cast<std::uint8_t>(first + 100));
  if (profile == SrtpProfile::aead_aes_128_gcm) master.salt[12] = master.salt[13] = 0;
  return master;
}

/// The other side, by the library that everybody trusts.
class Peer {
 public:
  Peer(SrtpProfile profile, const SrtpMaster& master, srtp_ssrc_type_t direction) {
    srtp_init();
    std::array<std::uint8_t, 30> key{};
    std::copy(master.key.begin(), master.key.end(), key.begin());
    std::copy(master.salt.begin(), master.salt.end(), key.begin() + 16);
    srtp_policy_t policy{};
    const auto number = static_cast<srtp_profile_t>(profile);
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, number);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, number);
    policy.ssrc.type = direction;
    policy.key = key.data();
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }
  ~Peer() { srtp_dealloc(session_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Packet protect(const Packet& plain) { return apply(srtp_protect, plain); }
  Packet protect_rtcp(const Packet& plain) { return apply(srtp_protect_rtcp, plain); }
  Packet unprotect_rtcp(const Packet& secret) { return apply(srtp_unprotect_rtcp, secret); }

 private:
  Packet apply(srtp_err_status_t (*function)(srtp_t, void*, int*), Packet packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    EXPECT_EQ(function(session_, packet.data(), &size), srtp_err_status_ok);
    packet.resize(static_cast<std::size_t>(size));
    return packet;
  }

  srtp_t session_ = nullptr;
};

Packet rtp(std::uint16_t sequence, std::size_t size) {
  Packet packet{0x80, 96, 0, 0, 0, 1, 2, 3, 0xca, 0xfe, 0xba, 0xbe};
  packet[2] = static_cast<std::uint8_t>(sequence >> 8);
  packet[3] = static_cast<std::uint8_t>(sequence);
  packet.resize(12 + size, 0x5a);
  return packet;
}

Packet receiver_report() {
  Packet packet{0x81, 201, 0, 7, 0xde, 0xad, 0xbe, 0xef};
  packet.resize(32, 0x11);
  return packet;
}

TEST(SrtpSessionTest, IsDerivedAsRfc3711SectionB3Has) {
  const SrtpMaster given{
      {0xE1, 0xF9, 0x7A, 0x0D, 0x3E, 0x01, 0x8B, 0xE0, 0xD6, 0x4F, 0xA3, 0x2C, 0x06, 0xDE, 0x41,
       0x39},
      {0x0E, 0xC6, 0x75, 0xAD, 0x49, 0x8A, 0xFE, 0xEB, 0xB6, 0x96, 0x0B, 0x3A, 0xAB, 0xE6}};

  const SrtpSession session = SrtpSession::derive(given, false);

  EXPECT_THAT(session.key, ElementsAreArray({0xC6, 0x1E, 0x7A, 0x93, 0x74, 0x4F, 0x39, 0xEE, 0x10,
                                             0x73, 0x4A, 0xFE, 0x3F, 0xF7, 0xA0, 0x87}));
  EXPECT_THAT(session.salt, ElementsAreArray({0x30, 0xCB, 0xBC, 0x08, 0x86, 0x3D, 0x8C, 0x85, 0xD4,
                                              0x9D, 0xB3, 0x4A, 0x9A, 0xE1}));
  EXPECT_THAT(session.authentication,
              ElementsAreArray({0xCE, 0xBE, 0x32, 0x1F, 0x6F, 0xF7, 0x71, 0x6B, 0x6F, 0xD4,
                                0xAB, 0x49, 0xAF, 0x25, 0x6A, 0x15, 0x6D, 0x38, 0xBA, 0xA4}));
}

class SrtpTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  const SrtpMaster ours_ = master(1, GetParam());
  const SrtpMaster theirs_ = master(50, GetParam());
  Srtp srtp_{{GetParam(), ours_, theirs_}};
};

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpTest,
                         testing::Values(SrtpProfile::aes128_cm_sha1_80,
                                         SrtpProfile::aead_aes_128_gcm),
                         [](const auto& profile) {
                           return profile.param == SrtpProfile::aead_aes_128_gcm ? "Gcm" : "Sha1";
                         });

TEST_P(SrtpTest, OpensWhatLibsrtpHasProtected) {
  Peer peer{GetParam(), theirs_, ssrc_any_outbound};
  const Packet plain = rtp(7, 500);
  Packet secret = peer.protect(plain);

  const auto opened = srtp_.open_rtp(secret, 12, 7);

  ASSERT_TRUE(opened);
  EXPECT_THAT(*opened, ElementsAreArray(plain));
}

TEST_P(SrtpTest, OpensPacketsAfterTheSequenceNumberHasWrapped) {
  Peer peer{GetParam(), theirs_, ssrc_any_outbound};
  peer.protect(rtp(65535, 10));
  const Packet plain = rtp(0, 10);
  Packet secret = peer.protect(plain);

  const auto opened = srtp_.open_rtp(secret, 12, 0x10000);

  ASSERT_TRUE(opened);
  EXPECT_THAT(*opened, ElementsAreArray(plain));
}

TEST_P(SrtpTest, DoesNotOpenWhatWasChangedOnTheWay) {
  Peer peer{GetParam(), theirs_, ssrc_any_outbound};
  Packet payload = peer.protect(rtp(7, 50));
  payload[20] ^= 1;
  Packet header = peer.protect(rtp(8, 50));
  header[5] ^= 1;

  EXPECT_FALSE(srtp_.open_rtp(payload, 12, 7));
  EXPECT_FALSE(srtp_.open_rtp(header, 12, 8));
}

TEST_P(SrtpTest, DoesNotOpenWhatIsTooShort) {
  Packet packet = rtp(1, 3);
  Packet rtcp{0x80, 200, 0, 1, 1, 2, 3, 4, 5, 6};

  EXPECT_FALSE(srtp_.open_rtp(packet, 12, 1));
  EXPECT_FALSE(srtp_.open_rtcp(rtcp));
}

TEST_P(SrtpTest, OpensRtcpOfLibsrtp) {
  Peer peer{GetParam(), theirs_, ssrc_any_outbound};
  const Packet plain = receiver_report();
  Packet secret = peer.protect_rtcp(plain);

  const auto opened = srtp_.open_rtcp(secret);

  ASSERT_TRUE(opened);
  EXPECT_THAT(*opened, ElementsAreArray(plain));
}

TEST_P(SrtpTest, SealsRtcpThatLibsrtpOpens) {
  Peer peer{GetParam(), ours_, ssrc_any_inbound};
  for (int i = 0; i < 3; ++i) { // With a new index each time, or it would be a replay.
    Packet packet = receiver_report();
    srtp_.seal_rtcp(packet);
    EXPECT_THAT(peer.unprotect_rtcp(packet), ElementsAreArray(receiver_report()));
  }
}

} // namespace
} // namespace fanlight::load
