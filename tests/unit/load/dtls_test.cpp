#include "load/rtc/dtls.h"

#include <cctype>
#include <chrono>
#include <deque>

#include <gmock/gmock.h>

#include "support/hang_limit.h"

namespace fanlight::load {
namespace {

constexpr const char* kGcm = "SRTP_AEAD_AES_128_GCM";
constexpr const char* kSha1 = "SRTP_AES128_CM_SHA1_80";

/// Two ends, and what is on the way between them.
class DtlsTest : public testing::Test {
 protected:
  using Datagrams = std::deque<std::vector<std::uint8_t>>;

  void shake_hands(Dtls& client, Dtls& server) {
    client.start();
    for (int i = 0; i < 20 && !(client.done() && server.done()); ++i) {
      deliver(to_server_, server);
      deliver(to_client_, client);
    }
  }

  Dtls::Send into(Datagrams& queue) {
    return [&queue](Bytes datagram) { queue.emplace_back(datagram.begin(), datagram.end()); };
  }

  static void deliver(Datagrams& queue, Dtls& end) {
    for (; !queue.empty(); queue.pop_front()) end.receive(queue.front());
  }

  Datagrams to_server_;
  Datagrams to_client_;
};

TEST_F(DtlsTest, GivesBothEndsTheSameKeysTheOtherWayRound) {
  const Identity here{std::string(kGcm) + ":" + kSha1};
  const Identity there{kSha1};
  Dtls client{here, false, into(to_server_)};
  Dtls server{there, true, into(to_client_)};

  shake_hands(client, server);

  ASSERT_TRUE(client.done() && server.done()) << client.failure() << server.failure();
  const auto ours = client.keys(there.fingerprint());
  const auto theirs = server.keys(here.fingerprint());
  ASSERT_TRUE(ours && theirs);
  EXPECT_EQ(ours->profile, SrtpProfile::aes128_cm_sha1_80);
  EXPECT_EQ(ours->local.key, theirs->remote.key);
  EXPECT_EQ(ours->local.salt, theirs->remote.salt);
  EXPECT_EQ(ours->remote.key, theirs->local.key);
  EXPECT_NE(ours->remote.key, ours->local.key);
}

TEST_F(DtlsTest, DoesNotTakeAnotherCertificateThanTheOneDescribed) {
  const Identity here{kGcm};
  const Identity there{kGcm};
  Dtls client{here, false, into(to_server_)};
  Dtls server{there, true, into(to_client_)};

  shake_hands(client, server);

  ASSERT_TRUE(client.done());
  EXPECT_FALSE(client.keys(here.fingerprint()));
  EXPECT_TRUE(client.keys(there.fingerprint()));
  EXPECT_TRUE(client.keys("")) << "where the description has none";
  std::string lower = there.fingerprint();
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_TRUE(client.keys(lower));
}

TEST_F(DtlsTest, SaysThatNoProfileWasAgreedOn) {
  const Identity here{kGcm};
  const Identity there{kSha1};
  Dtls client{here, false, into(to_server_)};
  Dtls server{there, true, into(to_client_)};

  shake_hands(client, server);

  ASSERT_TRUE(client.done()) << client.failure();
  const auto keys = client.keys("");
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, Errc::unsupported);
}

TEST_F(DtlsTest, SendsAgainWhatWasLost) {
  const Identity identity{kGcm};
  Dtls client{identity, false, into(to_server_)};
  client.start();
  to_server_.clear();

  const auto end = std::chrono::steady_clock::now() + test::kHangLimit;
  while (to_server_.empty() && std::chrono::steady_clock::now() < end) client.tick();

  EXPECT_FALSE(to_server_.empty());
}

TEST_F(DtlsTest, SaysWhatWentWrong) {
  const Identity identity{kGcm};
  Dtls client{identity, false, into(to_server_)};
  client.start();
  // handshake_failure (40), fatal.
  client.receive(std::vector<std::uint8_t>{21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40});

  EXPECT_FALSE(client.done());
  EXPECT_THAT(client.failure(), testing::HasSubstr("handshake failure"));
}

} // namespace
} // namespace fanlight::load
