#include <gmock/gmock.h>

#include "odd_camera.h"
#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Cameras that want a login, and how often they are bothered.
class LoginTest : public ServiceTest {
 protected:
  static constexpr const char* kPassword = "s3cr/t@x";
  static constexpr const char* kBoth = "    username: bob\n    password: s3cr/t@x\n";

  /// Such a camera, for user bob with kPassword, unless `habits` say otherwise.
  OddCamera& camera_with(const std::string& login, std::vector<std::string> habits = {}) {
    if (!cameras) start_cameras({small("front")});
    habits.insert(habits.begin(), {"--login", login, "--user", "bob", "--password", kPassword});
    odd_ = std::make_unique<OddCamera>(cameras->url("front"), habits);
    return *odd_;
  }

  std::unique_ptr<OddCamera> odd_;
};

TEST_F(LoginTest, AnswersWhatTheCameraAsksFor) {
  for (const char* login : {"basic", "MD5", "SHA-256", "MD5-sess", "SHA-256-sess"}) {
    OddCamera& odd = camera_with(login);
    start_service({{"front", odd.url(), kBoth}});
    wait_state("front", "live");
    EXPECT_THAT(odd.requests(), Not(HasSubstr(" 401 0\nDESCRIBE"))) << login;
  }
}

TEST_F(LoginTest, TakesTheStrongestOfWhatTheCameraOffersInAnyOrder) {
  for (const char* login : {"MD5,SHA-256,basic", "basic,SHA-256,MD5"}) {
    OddCamera& odd = camera_with(login);
    start_service({{"front", odd.url(), kBoth}});
    wait_state("front", "live");
    EXPECT_THAT(odd.requests(), HasSubstr("PLAY /front/ Digest:SHA-256 - 0")) << login;
  }
}

TEST_F(LoginTest, AnswersInTheOldFormWithThePasswordOfTheUrl) {
  OddCamera& odd = camera_with("MD5", {"--no-qop"});
  std::string url = odd.url();
  url.insert(url.find("://") + 3, "bob:s3cr%2Ft%40x@");
  start_service({{"front", url, ""}});
  wait_state("front", "live");
}

TEST_F(LoginTest, GoesOnWhenTheNonceRunsOut) {
  for (const std::vector<std::string>& way : {std::vector<std::string>{}, {"--no-stale"}}) {
    std::vector<std::string> habits{"--nonce-uses", "3", "--session-timeout", "2"};
    habits.insert(habits.end(), way.begin(), way.end());
    OddCamera& odd = camera_with("SHA-256", habits);
    start_service({{"front", odd.url(), kBoth}});
    ASSERT_TRUE(odd.wait(
        "GET_PARAMETER /front/ Digest:SHA-256 401 0\nGET_PARAMETER /front/ Digest:SHA-256 - 0"))
        << odd.requests();
    EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"reconnects\":0"));
  }
}

TEST_F(LoginTest, SaysAWrongPasswordOnce) {
  OddCamera& odd = camera_with("MD5,SHA-256");
  start_service({{"front", odd.url(), "    username: bob\n    password: wrong\n"}});

  const Response refused = wait_state("front", "refused");

  EXPECT_THAT(refused.body,
              HasSubstr("the camera rejects the login: check user name and password"));
  EXPECT_EQ(odd.requests(), "OPTIONS /front - 401 0\nOPTIONS /front Digest:SHA-256 401 0\n");
}

TEST_F(LoginTest, SaysThatTheCameraWantsALogin) {
  OddCamera& odd = camera_with("basic");
  start_service({{"front", odd.url(), ""}});
  EXPECT_THAT(wait_state("front", "refused").body,
              HasSubstr("the camera requires a login: set its user name and password"));
}

TEST_F(LoginTest, SaysThatTheCameraWantsALoginOfAnotherKind) {
  OddCamera& odd = camera_with("SHA-512-256");
  start_service({{"front", odd.url(), kBoth}});
  EXPECT_THAT(wait_state("front", "refused").body,
              HasSubstr("set the camera to Digest (MD5 or SHA-256) or Basic"));
}

TEST_F(LoginTest, SaysThePasswordToNobodyElse) {
  OddCamera& odd = camera_with("basic");
  setenv("GST_DEBUG", "*:4,rtsp*:9,GST_ELEMENT*:5,GST_BUS:5", 1);
  start_service({{"front", odd.url(), kBoth}});
  unsetenv("GST_DEBUG");
  wait_state("front", "live");
  std::string heard = get("/api/cameras/front/pipeline.dot").body + get("/api/cameras").body +
                      get("/api/sessions").body + get("/health").body;
  EXPECT_THAT(heard, HasSubstr(test_source_is_direct() ? "GstRtspDirectSrc" : "GstRTSPSrc"));
  service->signal(SIGTERM);
  service->wait_exit();
  heard += service->output();

  EXPECT_THAT(heard, HasSubstr("Authorization")); // GStreamer has told all it had to tell.
  EXPECT_THAT(heard, AllOf(Not(HasSubstr("s3cr")), Not(HasSubstr("Ym9iOnMzY3IvdEB4"))));
}

TEST_F(LoginTest, SaysThePasswordOfATunnelToNobodyElse) {
  start_cameras({small("front") + ",auth=digest,user=bob,password=s3cr/t@x"});
  start_service({camera("front", std::string{kBoth} + "    transport: http\n")});
  wait_state("front", "live");

  const std::string dot = get("/api/cameras/front/pipeline.dot").body;

  EXPECT_THAT(dot, AllOf(HasSubstr("GstRTSPSrc"), Not(HasSubstr("s3cr"))));
}

// Sessions end where nobody asks for anything, also where RTP comes over TCP (RFC 2326,
// section 12.37).
TEST_F(LoginTest, KeepsTheSessionByWhatTheCameraLists) {
  start_cameras({small("front")});
  for (const auto& [listed, asked] :
       {std::pair{"OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER", "GET_PARAMETER"},
        std::pair{"OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN", "OPTIONS"},
        std::pair{"", "OPTIONS"}}) {
    OddCamera odd{cameras->url("front"), {"--public", listed, "--session-timeout", "2"}};
    start_service({{"front", odd.url(), ""}});
    std::string three;
    for (int i = 0; i < 3; ++i) three += std::string{asked} + " /front/ - - 0\n";
    ASSERT_TRUE(odd.wait("PLAY /front/ - - 0\n" + three)) << odd.requests();
    EXPECT_THAT(odd.requests(), Not(HasSubstr("EXPIRED")));
    EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"state\":\"live\""));
  }
}

TEST_F(LoginTest, KeepsTheSessionOfUdp) {
  start_cameras({small("front")});
  OddCamera odd{cameras->url("front"), {"--session-timeout", "2"}};
  start_service({{"front", odd.url(), "    transport: udp\n"}});
  ASSERT_TRUE(odd.wait("GET_PARAMETER /front/ - - 0\nGET_PARAMETER /front/ - - 0\n"))
      << odd.requests();
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"state\":\"live\""));
}

TEST_F(LoginTest, KeepsTheSessionOtherwiseWhereTheListWasWrong) {
  start_cameras({small("front")});
  OddCamera odd{
      cameras->url("front"),
      {"--session-timeout", "2", "--answer", "GET_PARAMETER", ".", "501 Not Implemented"}};
  start_service({{"front", odd.url(), ""}});
  ASSERT_TRUE(
      odd.wait("GET_PARAMETER /front/ - 501 0\nOPTIONS /front/ - - 0\nOPTIONS /front/ - - 0\n"))
      << odd.requests();
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"state\":\"live\""));
}

} // namespace
} // namespace fanlight::test
