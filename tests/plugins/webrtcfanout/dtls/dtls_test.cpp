// Whom the element's end of DTLS takes, what keys it gives and what it costs.
#include <cctype>
#include <cstdlib>
#include <thread>

#include <malloc.h>
#include <openssl/crypto.h>

#include "dtls_fixture.h"

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
  EXPECT_EQ(server_->error(),
            "the viewer's certificate does not match the fingerprint in its offer");
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
    EXPECT_THAT(server_->error(), HasSubstr("no SRTP profile that the server supports"));
    EXPECT_THAT(client_->error(), HasSubstr("handshake failure"));
  }
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
