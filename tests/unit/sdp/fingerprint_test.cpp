#include "sdp/fingerprint.h"

#include <cctype>

#include <gtest/gtest.h>

namespace fanlight::sdp {
namespace {

/// Not a certificate inside, but the digest is of the bytes whatever they are: "fanlight" in
/// Base64.
constexpr const char* kPem = "-----BEGIN CERTIFICATE-----\nZmFu\nbGlnaHQ=\n"
                             "-----END CERTIFICATE-----\n";
// printf fanlight | sha256sum
constexpr const char* kSha256 = "sha-256 "
                                "6B:15:23:61:60:D4:B1:C1:A9:28:3D:C7:6A:20:A2:F3:5F:41:AB:B7:45:19:"
                                "4A:FC:49:6D:0F:B7:06:7C:26:A8";

TEST(FingerprintTest, IsTheDigestOfTheCertificatesBytes) {
  EXPECT_EQ(fingerprint_of(kPem, "sha-256 00"), kSha256);
  EXPECT_TRUE(matches_fingerprint(kPem, kSha256));
}

TEST(FingerprintTest, ComparesWithoutRegardToCase) {
  std::string lower = kSha256;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_TRUE(matches_fingerprint(kPem, lower));
}

TEST(FingerprintTest, RefusesAnotherCertificate) {
  std::string other = kSha256;
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_FALSE(matches_fingerprint(kPem, other));
}

TEST(FingerprintTest, RefusesWhatIsNoCertificateAndHashesItDoesNotKnow) {
  EXPECT_FALSE(matches_fingerprint("", kSha256));
  EXPECT_FALSE(
      matches_fingerprint("-----END CERTIFICATE----------BEGIN CERTIFICATE-----", kSha256));
  EXPECT_FALSE(matches_fingerprint(kPem, "md2 00"));
  EXPECT_FALSE(matches_fingerprint(kPem, ""));
}

} // namespace
} // namespace fanlight::sdp
