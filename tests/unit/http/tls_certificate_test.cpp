#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "http/owned.h"
#include "http/self_signed.h"
#include "http/tls_certificate.h"
#include "support/turn_until.h"
#include "tls_peer.h"

namespace fanlight::http {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TlsCertificateTest : public testing::Test {
 protected:
  TlsCertificateTest() {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-tls-XXXXXX").string();
    folder = mkdtemp(name.data());
    files = test::write_certificate(folder);
  }
  ~TlsCertificateTest() override { std::filesystem::remove_all(folder); }

  static void write(const std::string& path, const std::string& text) {
    std::ofstream{path} << text;
  }
  std::string error() const {
    const auto made = TlsCertificate::create(files);
    return made ? "none" : made.error().message;
  }

  std::filesystem::path folder;
  TlsFiles files;
};

TEST_F(TlsCertificateTest, NamesTheFileThatIsWrongAndWhatToDo) {
  EXPECT_EQ(error(), "none");
  files.certificate = folder / "other.crt";
  EXPECT_THAT(error(), AllOf(HasSubstr("server.tls.certificate: " + files.certificate),
                             HasSubstr("does not exist"), HasSubstr("fanlight cert self-signed")));
  write(files.certificate, "nothing");
  EXPECT_THAT(error(), HasSubstr("no certificate in PEM form"));
  write(files.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(error(), HasSubstr("no valid certificate: "));
}

TEST_F(TlsCertificateTest, SaysWhatIsWrongWithTheKey) {
  const std::string key = files.key;
  files.key = folder / "other.key";
  EXPECT_THAT(error(), AllOf(HasSubstr("server.tls.key: " + files.key), HasSubstr("not exist")));
  write(files.key, "nothing");
  EXPECT_THAT(error(), HasSubstr("no private key in PEM form"));
  write(files.key,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
  EXPECT_THAT(error(), HasSubstr("has a passphrase"));
  write(files.key, make_self_signed({"localhost"}, 1)->key);
  EXPECT_THAT(error(), HasSubstr("is not the key of the certificate in " + files.certificate));
}

TEST_F(TlsCertificateTest, TakesUpRenewedFilesByItself) {
  const auto certificate = std::move(TlsCertificate::create(files)).value();
  const SSL_CTX* before = certificate->context();

  test::write_certificate(folder);

  test::turn_until([&] { return certificate->context() != before; }, "the renewed certificate");
}

TEST_F(TlsCertificateTest, KeepsThePreviousCertificateUntilTheNewFilesAreRight) {
  const auto certificate = std::move(TlsCertificate::create(files)).value();
  const SSL_CTX* before = certificate->context();
  const auto next = make_self_signed({"localhost"}, 30);

  write(files.certificate, next->certificate);
  testing::internal::CaptureStderr();
  certificate->renew();
  EXPECT_EQ(certificate->context(), before);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("keeps its previous certificate"), HasSubstr("is not the key of")));

  write(files.key, next->key);
  certificate->renew();
  EXPECT_NE(certificate->context(), before);
}

TEST_F(TlsCertificateTest, WarnsOfACertificateThatEndsSoon) {
  write(files.certificate, "");
  const auto made = make_self_signed({"localhost"}, 3);
  write(files.certificate, made->certificate);
  write(files.key, made->key);
  testing::internal::CaptureStderr();

  const auto certificate = TlsCertificate::create(files);

  EXPECT_TRUE(certificate.ok());
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("valid only until"));
}

TEST(SelfSignedTest, RefusesWhatIsNoName) {
  for (const char* name : {"", "a,DNS:b", "https://a", "a b", "2001:db8::zz"})
    EXPECT_FALSE(make_self_signed({name}, 30).ok()) << name;
  EXPECT_TRUE(make_self_signed({"*.example.org", "2001:db8::1", "192.0.2.1"}, 30).ok());
}

/// Both ends belong to the period, and devices refuse one that is a second too long.
TEST(SelfSignedTest, IsValidForTheDaysThatItSays) {
  const auto made = make_self_signed({"localhost"}, 825);
  ASSERT_TRUE(made.ok());
  const Owned<BIO, BIO_free_all> memory{
      BIO_new_mem_buf(made->certificate.data(), static_cast<int>(made->certificate.size()))};
  const Owned<X509, X509_free> certificate{
      PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
  ASSERT_TRUE(certificate);

  int days = 0;
  int seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate.get()),
                           X509_get0_notAfter(certificate.get())),
            1);

  EXPECT_EQ(days, 824);
  EXPECT_EQ(seconds, 86'399);
}

TEST(SelfSignedTest, KnowsTheNamesOfThisMachine) {
  EXPECT_THAT(names_of_this_machine(), testing::IsSupersetOf({"localhost", "127.0.0.1"}));
}

} // namespace
} // namespace fanlight::http
