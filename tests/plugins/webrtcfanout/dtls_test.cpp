// A viewer by OpenSSL against the element's end, over a path that loses, doubles and reorders.
#include "webrtcfanout/dtls.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <deque>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <poll.h>

#include "dtls_client.h"

namespace fanlight::fanout {
namespace {

using testing::HasSubstr;
using State = DtlsServer::State;

std::size_t held = 0; ///< Bytes that OpenSSL has.

void* count_malloc(std::size_t size, const char*, int) {
  void* const memory = std::malloc(size);
  held += malloc_usable_size(memory);
  return memory;
}
void count_free(void* memory, const char*, int) {
  held -= malloc_usable_size(memory);
  std::free(memory);
}
void* count_realloc(void* memory, std::size_t size, const char*, int) {
  held -= malloc_usable_size(memory);
  void* const moved = std::realloc(memory, size);
  held += malloc_usable_size(moved);
  return moved;
}

// Before OpenSSL has allocated anything, or it refuses.
const bool counting = CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free) == 1;

const ViewerIdentity& viewer() {
  static const ViewerIdentity identity;
  return identity;
}

std::shared_ptr<const Certificate> certificate() {
  std::string why;
  static const auto made = Certificate::create(why);
  EXPECT_TRUE(made) << why;
  return made;
}

class DtlsTest : public testing::Test {
 protected:
  /// What becomes of the n-th datagram, counted over both ways: how many copies arrive, and whether
  /// it waits until the next has passed.
  struct Fate {
    int copies = 1;
    bool late = false;
  };

  void make(DtlsClient::Options options, const std::string& fingerprint) {
    std::string why;
    server_ = DtlsServer::create(
        certificate(), fingerprint, [this](Bytes datagram) { post(to_client_, datagram); }, why);
    ASSERT_TRUE(server_) << why;
    client_ = std::make_unique<DtlsClient>(options,
                                           [this](Bytes datagram) { post(to_server_, datagram); });
  }
  void make() { make({.identity = &viewer()}, viewer().fingerprint()); }

  void post(std::deque<Octets>& queue, Bytes datagram) {
    EXPECT_LE(datagram.size(), 1200U);
    const Fate fate = fate_(posted_++);
    for (int i = 0; i < fate.copies; ++i) {
      const Octets copy(datagram.begin(), datagram.end());
      if (fate.late && !queue.empty())
        queue.insert(queue.end() - 1, copy);
      else
        queue.push_back(copy);
    }
  }

  /// Delivers what is under way and what that brings about.
  void deliver() {
    while (!to_server_.empty() || !to_client_.empty()) {
      while (!to_server_.empty()) {
        const Octets datagram = to_server_.front();
        to_server_.pop_front();
        heard_.push_back(datagram);
        server_->receive(datagram);
      }
      while (!to_client_.empty()) {
        const Octets datagram = to_client_.front();
        to_client_.pop_front();
        client_->receive(datagram);
      }
    }
  }

  bool done() const { return server_->state() != State::handshaking && client_->connected(); }

  /// Until both are connected or there is nothing left to wait for; retransmits as is due.
  void shake_hands() {
    client_->start();
    deliver();
    while (!done() && server_->state() != State::failed && client_->error().empty()) {
      int wait_ms = client_->timeout_ms().value_or(60000);
      if (const auto due = server_->timeout())
        wait_ms = std::min(wait_ms, static_cast<int>(due->count()));
      ASSERT_LT(wait_ms, 60000) << "nobody would ever send again";
      poll(nullptr, 0, wait_ms);
      server_->on_timeout();
      client_->on_timeout();
      deliver();
    }
  }

  void expect_same_keys() {
    const auto same = [](const SrtpKey& a, const SrtpKey& b) {
      return a.profile == b.profile && a.key == b.key && a.salt == b.salt;
    };
    ASSERT_EQ(server_->state(), State::connected) << server_->error();
    ASSERT_TRUE(client_->connected()) << client_->error();
    EXPECT_TRUE(same(server_->sending_key(), client_->receiving_key()));
    EXPECT_TRUE(same(server_->receiving_key(), client_->sending_key()));
    EXPECT_FALSE(same(server_->receiving_key(), server_->sending_key()));
  }

  std::function<Fate(int)> fate_ = [](int) { return Fate{}; };
  int posted_ = 0;
  std::deque<Octets> to_server_;
  std::deque<Octets> to_client_;
  std::vector<Octets> heard_; ///< All that the server has received.
  std::unique_ptr<DtlsServer> server_;
  std::unique_ptr<DtlsClient> client_;
};

TEST_F(DtlsTest, GivesBothEndsTheSameKeysAndPrefersGcm) {
  make({.profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", .identity = &viewer()},
       viewer().fingerprint());

  shake_hands();

  expect_same_keys();
  EXPECT_EQ(server_->sending_key().profile, SrtpProfile::aead_aes_128_gcm);
}

TEST_F(DtlsTest, SpeaksCmSha1WithAViewerThatKnowsNoOther) {
  make({.profiles = "SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", .identity = &viewer()},
       viewer().fingerprint());

  shake_hands();

  expect_same_keys();
  EXPECT_EQ(server_->sending_key().profile, SrtpProfile::aes128_cm_sha1_80);
}

TEST_F(DtlsTest, TakesThreeDatagramsOfOursAtMost) {
  make();

  shake_hands();

  expect_same_keys();
  EXPECT_LE(posted_ - static_cast<int>(heard_.size()), 3);
}

TEST_F(DtlsTest, TakesTheCertificateByAnyHashOfTheOffer) {
  for (const char* hash : {"sha-1", "sha-224", "sha-256", "sha-384", "sha-512"}) {
    make({.identity = &viewer()}, viewer().fingerprint(hash));

    shake_hands();

    EXPECT_EQ(server_->state(), State::connected) << hash << server_->error();
  }
}

TEST_F(DtlsTest, TakesAnRsaCertificate) {
  const ViewerIdentity rsa{ViewerIdentity::Kind::rsa};
  make({.identity = &rsa}, rsa.fingerprint());

  shake_hands();

  expect_same_keys();
}

TEST_F(DtlsTest, ReadsAFingerprintInAnyCase) {
  std::string lower = viewer().fingerprint();
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  make({.identity = &viewer()}, lower);

  shake_hands();

  EXPECT_EQ(server_->state(), State::connected);
}

TEST_F(DtlsTest, IsNotMadeForAFingerprintThatIsNone) {
  for (const std::string text :
       {"", "sha-256", "sha-256 ", "sha-256 AB", "sha-256 AB:CD", "md5 AB:CD", "sha-1 :",
        "sha-256AB:CD", "sha-1 ZZ:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13",
        "sha-1 00-01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13"}) {
    std::string why;

    EXPECT_FALSE(DtlsServer::create(
        certificate(), text, [](Bytes) {}, why))
        << text;
    EXPECT_THAT(why, HasSubstr("fingerprint"));
  }
}

TEST_F(DtlsTest, RefusesAnotherCertificateThanTheOffersAndSaysSo) {
  const ViewerIdentity other;
  make({.identity = &other}, viewer().fingerprint());

  shake_hands();

  EXPECT_EQ(server_->state(), State::failed);
  EXPECT_THAT(server_->error(), HasSubstr("another fingerprint than its offer names"));
  EXPECT_THAT(client_->error(), HasSubstr("bad certificate"));
}

TEST_F(DtlsTest, RefusesAViewerWithoutCertificate) {
  make({}, viewer().fingerprint());

  shake_hands();

  EXPECT_EQ(server_->state(), State::failed);
  EXPECT_THAT(server_->error(), HasSubstr("did not return a certificate"));
}

TEST_F(DtlsTest, RefusesAViewerWithoutSrtp) {
  for (const char* profiles : {"", "SRTP_AES128_CM_SHA1_32"}) {
    make({.profiles = profiles, .identity = &viewer()}, viewer().fingerprint());

    shake_hands();

    EXPECT_EQ(server_->state(), State::failed);
    EXPECT_THAT(server_->error(), HasSubstr("no SRTP profile of ours"));
    EXPECT_THAT(client_->error(), HasSubstr("handshake failure"));
  }
}

TEST_F(DtlsTest, PutsAClientHelloTogetherFromFragments) {
  make({.identity = &viewer(), .mtu = 300, .padding = 255}, viewer().fingerprint());

  client_->start();
  const std::size_t fragments = to_server_.size();
  shake_hands();

  EXPECT_GE(fragments, 2U);
  for (const Octets& datagram : heard_) EXPECT_LE(datagram.size(), 300U);
  expect_same_keys();
}

TEST_F(DtlsTest, BearsTheLossOfAnyDatagram) {
  for (int lost = 0; lost < 5; ++lost) {
    SCOPED_TRACE(lost);
    posted_ = 0;
    fate_ = [lost](int n) { return Fate{n == lost ? 0 : 1}; };
    make();

    shake_hands();

    expect_same_keys();
  }
}

TEST_F(DtlsTest, BearsAPathThatLosesDoublesAndReorders) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    std::minstd_rand random{seed};
    fate_ = [&random](int) {
      const auto dice = random() % 100;
      return dice < 20 ? Fate{0} : dice < 40 ? Fate{2} : Fate{1, dice < 70};
    };
    make({.identity = &viewer(), .mtu = 300, .padding = 255}, viewer().fingerprint());

    shake_hands();

    expect_same_keys();
    to_server_.clear();
    to_client_.clear();
  }
}

TEST_F(DtlsTest, SendsItsFlightAgainWithinASecond) {
  using namespace std::chrono_literals;
  make();
  EXPECT_FALSE(server_->timeout()) << "nothing is sent yet";
  client_->start();
  server_->receive(to_server_.front());
  ASSERT_EQ(to_client_.size(), 1U);
  const auto first = server_->timeout();
  ASSERT_TRUE(first);
  EXPECT_LE(*first, 200ms);
  server_->on_timeout();
  EXPECT_EQ(to_client_.size(), 1U) << "it is not due yet";

  while (to_client_.size() < 2) {
    poll(nullptr, 0, static_cast<int>(server_->timeout()->count()));
    server_->on_timeout();
  }

  EXPECT_LE(*server_->timeout(), 1000ms);
}

TEST_F(DtlsTest, NeedsNoTimerOnceConnected) {
  make();

  shake_hands();

  EXPECT_FALSE(server_->timeout());
}

TEST_F(DtlsTest, SendsItsLastFlightAgainToAViewerThatLacksIt) {
  make();
  client_->start();
  while (server_->state() == State::handshaking) {
    while (!to_client_.empty()) {
      client_->receive(to_client_.front());
      to_client_.pop_front();
    }
    server_->receive(to_server_.front());
    to_server_.pop_front();
  }
  to_client_.clear(); // Lost.
  heard_.clear();
  ASSERT_FALSE(client_->connected());

  shake_hands();
  expect_same_keys();
  for (const Octets& datagram : heard_) server_->receive(datagram);

  EXPECT_TRUE(to_client_.empty()) << "a replay is not answered";
}

TEST_F(DtlsTest, HearsTheViewersGoodbye) {
  make();
  shake_hands();

  client_->close();
  deliver();

  EXPECT_EQ(server_->state(), State::closed);
  EXPECT_EQ(server_->error(), "");
}

TEST_F(DtlsTest, SaysGoodbyeOnce) {
  make();
  shake_hands();
  posted_ = 0;

  server_->close();
  server_->close();
  deliver();

  EXPECT_EQ(server_->state(), State::closed);
  EXPECT_TRUE(client_->heard_goodbye());
  EXPECT_EQ(posted_, 1);
}

TEST_F(DtlsTest, SaysGoodbyeToAViewerThatGotTheLastFlightTwice) {
  fate_ = [](int n) { return Fate{n == 3 ? 2 : 1}; };
  make();
  shake_hands();

  server_->close();
  deliver();

  EXPECT_TRUE(client_->heard_goodbye());
}

TEST_F(DtlsTest, ClosesInSilenceWhileItShakesHands) {
  make();
  client_->start();
  server_->receive(to_server_.front());
  to_client_.clear();

  server_->close();
  server_->receive(to_server_.front());

  EXPECT_EQ(server_->state(), State::closed);
  EXPECT_TRUE(to_client_.empty());
  EXPECT_FALSE(server_->timeout());
}

TEST_F(DtlsTest, PassesOverAForgedGoodbye) {
  make();
  shake_hands();
  client_->close();
  const Octets goodbye = to_server_.front();
  for (std::size_t bit = 0; bit < goodbye.size() * 8; ++bit) {
    Octets forged = goodbye;
    forged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);

    server_->receive(forged);

    ASSERT_EQ(server_->state(), State::connected) << bit;
  }
  for (std::size_t size = 0; size < goodbye.size(); ++size)
    server_->receive(Bytes{goodbye}.first(size));
  server_->receive(hex("15 fefd 0000000000000009 0002 0100")); // In clear.
  EXPECT_EQ(server_->state(), State::connected);

  server_->receive(goodbye);

  EXPECT_EQ(server_->state(), State::closed);
}

TEST_F(DtlsTest, FindsTheGoodbyeBehindOtherRecords) {
  make();
  shake_hands();
  client_->close();

  server_->receive(hex("17 fefd 0001000000000007 0003 010203") + to_server_.front());

  EXPECT_EQ(server_->state(), State::closed);
}

TEST_F(DtlsTest, PassesOverGarbage) {
  make();
  std::minstd_rand random{7};
  const auto garbage = [&random] {
    Octets datagram(random() % 200);
    for (auto& byte : datagram) byte = static_cast<std::uint8_t>(random());
    return datagram;
  };
  client_->start();
  for (int i = 0; i < 500; ++i) to_server_.push_front(garbage());

  shake_hands();
  for (int i = 0; i < 500; ++i) to_server_.push_back(garbage());
  for (int i = 0; i < 500; ++i) {
    Octets datagram = hex("16 fefd 0001000000000005");
    const Octets rest = garbage();
    datagram.resize(13);
    write_u16(&datagram[11], static_cast<std::uint16_t>(rest.size()));
    to_server_.push_back(datagram + rest);
  }
  deliver();

  expect_same_keys();
}

TEST_F(DtlsTest, AnswersNoReplayOfAHandshake) {
  make();
  shake_hands();
  const std::vector<Octets> all = heard_;
  posted_ = 0;

  for (int round = 0; round < 3; ++round)
    for (const Octets& datagram : all) server_->receive(datagram);

  EXPECT_LE(posted_, 1) << "the last flight once at most";
  EXPECT_EQ(server_->state(), State::connected);
}

TEST_F(DtlsTest, MayBeCalledByAnotherThreadEachTime) {
  make();
  client_->start();
  while (!to_server_.empty()) {
    std::thread{[this] {
      server_->receive(to_server_.front());
      to_server_.pop_front();
    }}.join();
    while (!to_client_.empty()) {
      client_->receive(to_client_.front());
      to_client_.pop_front();
    }
  }

  expect_same_keys();
}

TEST_F(DtlsTest, KeepsNothingOfOpenSslWhileItDoesNotShakeHands) {
  ASSERT_TRUE(counting);
  make();
  shake_hands(); // Makes what OpenSSL keeps for the process.
  client_ = nullptr;
  server_ = nullptr;
  const std::size_t before = held;

  make();
  client_ = nullptr;
  EXPECT_EQ(held, before) << "before the viewer's first datagram";
  make();
  shake_hands();
  client_ = nullptr;

  EXPECT_EQ(server_->state(), State::connected);
  EXPECT_EQ(held, before) << "once connected";
}

} // namespace
} // namespace fanlight::fanout
