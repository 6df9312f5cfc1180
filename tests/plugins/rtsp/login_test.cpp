#include "rtsp/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::rtsp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Verdict = Login::Verdict;

Challenge digest(const std::string& nonce, const std::string& more = {}) {
  return parse_challenges("Digest realm=\"camera\", nonce=\"" + nonce + "\"" + more).at(0);
}

TEST(ChallengeTest, ReadsSeveralChallengesOfOneHeader) {
  const auto found = parse_challenges(
      R"(Basic realm="a, \"b\" = c", DIGEST Realm=plain,nonce = "n,1" ,qop="auth,auth-int", stale=TRUE)");

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].scheme, "basic");
  EXPECT_EQ(found[0].parameters.at("realm"), R"(a, "b" = c)");
  EXPECT_EQ(found[1].scheme, "digest");
  EXPECT_EQ(found[1].parameters.at("realm"), "plain");
  EXPECT_EQ(found[1].parameters.at("nonce"), "n,1");
  EXPECT_EQ(found[1].parameters.at("qop"), "auth,auth-int");
  EXPECT_EQ(found[1].parameters.at("stale"), "TRUE");
}

TEST(ChallengeTest, EndsWithWhateverComes) {
  for (const char* text :
       {"", ",", "=", "\"", "Digest", "Digest realm", "Digest realm=", "Digest realm=\"",
        "Digest realm=\"\\", "Digest \x01", "a=b", "Digest a=b c=d \"", "Basic realm=\"x\" ;y"})
    EXPECT_LE(parse_challenges(text).size(), 2U) << text;
}

// RFC 7616, section 3.9.1.
constexpr const char* kRfcUri = "/dir/index.html";
std::string rfc_answer(const std::string& algorithm) {
  Login login{"Mufasa", "Circle of Life", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};
  EXPECT_EQ(
      login.on_challenges(parse_challenges(
          "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" + algorithm +
          ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
          "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"")),
      Verdict::answered);
  return login.authorization("GET", kRfcUri);
}

TEST(LoginTest, AnswersTheExampleOfTheRfcWithSha256) {
  EXPECT_THAT(
      rfc_answer("SHA-256"),
      AllOf(HasSubstr(
                "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            HasSubstr(
                "algorithm=SHA-256, opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", "
                "qop=auth, nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"")));
}

TEST(LoginTest, AnswersTheExampleOfTheRfcWithMd5) {
  EXPECT_THAT(rfc_answer("MD5"), HasSubstr("response=\"8ca523f5e9506fed4657c9700eebdbec\""));
}

// RFC 2069, section 2.4, with the response of its erratum 749.
TEST(LoginTest, AnswersInTheOldFormWhereTheCameraNamesNoQop) {
  Login login{"Mufasa", "CircleOfLife"};
  ASSERT_EQ(login.on_challenges(parse_challenges("Digest realm=\"testrealm@host.com\", "
                                                 "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
                                                 "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"")),
            Verdict::answered);

  EXPECT_THAT(login.authorization("GET", kRfcUri),
              AllOf(HasSubstr("response=\"1949323746fe6a43ef61f9606e7febea\""),
                    Not(HasSubstr("qop")), Not(HasSubstr("algorithm"))));
}

TEST(LoginTest, AnswersBasic) {
  Login login{"Aladdin", "open sesame"}; // RFC 7617, section 2.
  ASSERT_EQ(login.on_challenges(parse_challenges("Basic realm=\"WallyWorld\"")), Verdict::answered);
  EXPECT_EQ(login.authorization("DESCRIBE", "rtsp://h/"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST(LoginTest, TakesTheStrongestOfSeveral) {
  Login login{"u", "p"};
  ASSERT_EQ(login.on_challenges({parse_challenges("Basic realm=x").at(0),
                                 digest("1", ", algorithm=SHA-256"), digest("2"),
                                 digest("3", ", algorithm=SHA-512-256")}),
            Verdict::answered);
  EXPECT_THAT(login.authorization("PLAY", "rtsp://h/"), HasSubstr("nonce=\"1\""));
}

TEST(LoginTest, CountsTheUsesOfANonce) {
  Login login{"u", "p"};
  ASSERT_EQ(login.on_challenges({digest("1", ", qop=auth")}), Verdict::answered);
  EXPECT_THAT(login.authorization("SETUP", "a"), HasSubstr("nc=00000001"));
  EXPECT_THAT(login.authorization("PLAY", "a"), HasSubstr("nc=00000002"));
}

TEST(LoginTest, SaysNothingBeforeItIsAsked) {
  EXPECT_EQ(Login("u", "p").authorization("OPTIONS", "a"), "");
}

TEST(LoginTest, SaysThatThereIsNone) {
  EXPECT_EQ(Login{}.on_challenges({digest("1")}), Verdict::missing);
}

TEST(LoginTest, KnowsWhatItCannotAnswer) {
  Login login{"u", "p"};
  EXPECT_EQ(login.on_challenges({}), Verdict::unsupported);
  EXPECT_EQ(login.on_challenges({digest("1", ", algorithm=SHA-512-256")}), Verdict::unsupported);
  EXPECT_EQ(login.on_challenges({digest("1", ", qop=auth-int")}), Verdict::unsupported);
  EXPECT_EQ(login.on_challenges(parse_challenges("Digest realm=\"no nonce\"")),
            Verdict::unsupported);
  EXPECT_EQ(login.on_challenges(parse_challenges("NTLM")), Verdict::unsupported);
}

TEST(LoginTest, SaysARefusedPasswordOnlyOnce) {
  Login login{"u", "wrong"};
  ASSERT_EQ(login.on_challenges({digest("1")}), Verdict::answered);
  EXPECT_EQ(login.on_challenges({digest("1")}), Verdict::refused);
  EXPECT_EQ(login.on_challenges({digest("2")}), Verdict::refused);
}

TEST(LoginTest, AnswersAStaleNonceOnceMore) {
  Login login{"u", "p"};
  ASSERT_EQ(login.on_challenges({digest("1")}), Verdict::answered);
  EXPECT_EQ(login.on_challenges({digest("2", ", stale=true")}), Verdict::answered);
  EXPECT_EQ(login.on_challenges({digest("3", ", stale=true")}), Verdict::refused);
}

TEST(LoginTest, TakesANewNonceInASessionForTheEndOfTheOldOne) {
  Login login{"u", "p"};
  ASSERT_EQ(login.on_challenges({digest("1")}), Verdict::answered);
  for (const char* nonce : {"2", "3", "4"}) {
    login.accept();
    EXPECT_EQ(login.on_challenges({digest(nonce)}), Verdict::answered) << nonce;
  }
  EXPECT_EQ(login.on_challenges({digest("5")}), Verdict::refused);
}

TEST(LoginTest, AnswersAnotherServerInItsOwnWay) {
  Login login{"u", "p"};
  ASSERT_EQ(login.on_challenges({digest("1")}), Verdict::answered);
  login.accept();

  login.move();

  EXPECT_EQ(login.authorization("DESCRIBE", "rtsp://other/"), "");
  EXPECT_EQ(login.on_challenges(parse_challenges("Basic realm=\"other\"")), Verdict::answered);
}

TEST(LoginTest, DoesNotTakeTheSameNonceForANewOne) {
  Login login{"u", "p"};
  ASSERT_EQ(login.on_challenges({digest("1")}), Verdict::answered);
  login.accept();
  EXPECT_EQ(login.on_challenges({digest("1")}), Verdict::refused);
}

} // namespace
} // namespace fanlight::rtsp
