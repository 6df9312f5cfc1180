#include <array>

#include <gmock/gmock.h>

#include "odd_camera.h"
#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// How cameras are reached.
class SourceTest : public ServiceTest {
 protected:
  SourceTest() { start_cameras({small("front")}); }
  OddCamera& odd(std::vector<std::string> habits) {
    odd_ = std::make_unique<OddCamera>(cameras->url("front"), std::move(habits));
    return *odd_;
  }
  std::unique_ptr<OddCamera> odd_;
};

TEST_F(SourceTest, ReachesACameraByEachTransport) {
  for (const char* transport : {"tcp", "udp", "auto", "http"}) {
    start_service({camera("front", std::string{"    transport: "} + transport + "\n")});
    wait_state("front", "live");
  }
}

TEST_F(SourceTest, BuffersPacketsOnlyWhereTheyMayOvertakeEachOther) {
  const char* const of_tcp = test_source_is_direct() ? "GstRtspDirectSrc" : "GstRtpStamper";
  const char* const of_udp = test_source_is_direct() ? "GstRtspDirectSrc" : "GstRtpJitterBuffer";
  for (const auto& [transport, used, unused] :
       {std::array{"tcp", of_tcp, "GstRtpJitterBuffer"},
        std::array{"http", "GstRtpStamper", "GstRtpJitterBuffer"},
        std::array{"udp", of_udp, "GstRtpStamper"}}) {
    start_service({camera("front", std::string{"    transport: "} + transport + "\n")});
    wait_state("front", "live");
    EXPECT_THAT(get("/api/cameras/front/pipeline.dot").body,
                AllOf(HasSubstr(used), Not(HasSubstr(unused))))
        << transport;
  }
}

TEST_F(SourceTest, TakesTheElementThatReadsTheStream) {
  for (const auto& [source, transport, used, unused] :
       {std::array{"auto", "tcp", "GstRtspDirectSrc", "GstRTSPSrc"},
        std::array{"auto", "udp", "GstRtspDirectSrc", "GstRTSPSrc"},
        std::array{"auto", "http", "GstRTSPSrc", "GstRtspDirectSrc"},
        std::array{"direct", "tcp", "GstRtspDirectSrc", "GstRTSPSrc"},
        std::array{"rtspsrc", "tcp", "GstRTSPSrc", "GstRtspDirectSrc"}}) {
    start_service({camera("front", std::string{"    source: "} + source +
                                       "\n    transport: " + transport + "\n")});
    wait_state("front", "live");
    EXPECT_THAT(get("/api/cameras/front/pipeline.dot").body,
                AllOf(HasSubstr(used), Not(HasSubstr(unused))))
        << source << " " << transport;
    const std::string element =
        std::string_view{used} == "GstRTSPSrc" ? "rtspsrc" : "rtspdirectsrc";
    EXPECT_THAT(service->output(), HasSubstr(" source=" + element + " live\n"));
  }
}

TEST_F(SourceTest, SaysThatASourceDoesNotReadATransport) {
  start_service({camera("front", "    source: direct\n    transport: http\n")});

  EXPECT_THAT(wait_state("front", "refused").body,
              HasSubstr("source: direct does not read http: set source to auto"));
}

TEST_F(SourceTest, ChangesToRtspsrcWhereAHandshakeFails) {
  std::string url = cameras->url("front");
  url.replace(0, url.find(':'), "rtsps");

  start_service({{"front", url, "    source: auto\n"}});

  EXPECT_TRUE(service->wait_output("rtspsrc reads this camera from now on")) << service->output();
  EXPECT_THAT(wait_state("front", "retrying").body,
              HasSubstr("Check that the camera accepts TLS on that port"));
}

TEST_F(SourceTest, ChangesToTcpWhereNothingArrivesByUdp) {
  OddCamera& camera = odd({"--udp-to", "nowhere"});
  start_service({{"front", camera.url(), "    transport: auto\n"}});
  wait_state("front", "live");
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"reconnects\":0"));
}

TEST_F(SourceTest, ChangesToTcpWhereTheCameraRefusesUdp) {
  OddCamera& camera = odd({"--answer", "SETUP", "client_port", "461 Unsupported Transport"});
  start_service({{"front", camera.url(), "    transport: auto\n"}});
  wait_state("front", "live");
}

TEST_F(SourceTest, SaysThatNothingArrivesByUdp) {
  OddCamera& camera = odd({"--udp-to", "nowhere"});
  start_service({{"front", camera.url(), "    transport: udp\n"}});
  EXPECT_THAT(wait_state("front", "retrying").body, HasSubstr("no RTP packets arrive over UDP"));
}

TEST_F(SourceTest, SaysWhatTheCameraRefuses) {
  struct Case {
    std::vector<std::string> answer;
    const char* state;
    const char* reason;
  };
  for (const Case& one :
       {Case{{"DESCRIBE", ".", "404 Not Found"}, "refused", "no such stream: check the path"},
        Case{{"DESCRIBE", ".", "403 Forbidden"}, "refused", "check the user's permissions"},
        Case{{"SETUP", ".", "461 Unsupported Transport"},
             "refused",
             "does not support transport: tcp"},
        Case{{"SETUP", ".", "453 Not Enough Bandwidth"},
             "retrying",
             "it may have reached its limit of connections"},
        Case{{"PLAY", ".", "455 Method Not Valid"}, "retrying", "answers PLAY with 455"}}) {
    std::vector<std::string> habits{"--answer"};
    habits.insert(habits.end(), one.answer.begin(), one.answer.end());
    start_service({{"front", odd(habits).url(), ""}});
    EXPECT_THAT(wait_state("front", one.state).body, HasSubstr(one.reason));
  }
}

// ---- RTSPS ----

TEST_F(SourceTest, RefusesACertificateThatNobodySignedAndShowsItsFingerprint) {
  const OwnCertificate own{folder};
  start_service({{"front", odd({"--certificate", own.path}).url("rtsps"), ""}});
  EXPECT_THAT(wait_state("front", "refused").body,
              AllOf(HasSubstr("it is not signed by an authority that this server trusts"),
                    HasSubstr("set tls_fingerprint to " + own.fingerprint)));
}

TEST_F(SourceTest, TakesTheCertificateThatIsPinned) {
  const OwnCertificate own{folder, "192.0.2.1"};
  start_service({{"front", odd({"--certificate", own.path}).url("rtsps"),
                  "    tls_fingerprint: \"" + own.fingerprint + "\"\n"}});
  wait_state("front", "live");
}

TEST_F(SourceTest, RefusesAnotherCertificateThanThePinnedOneEvenIfAnAuthoritySignedIt) {
  const OwnCertificate own{folder};
  const OwnCertificate other{folder, "192.0.2.1"};
  start_service({{"front", odd({"--certificate", own.path}).url("rtsps"),
                  "    tls_ca_file: " + own.path + "\n    tls_fingerprint: \"" + other.fingerprint +
                      "\"\n"}});
  EXPECT_THAT(wait_state("front", "refused").body,
              AllOf(HasSubstr("does not match tls_fingerprint"), HasSubstr(own.fingerprint)));
}

TEST_F(SourceTest, TakesACertificateByTheAuthorityInAFile) {
  const OwnCertificate own{folder};
  start_service({{"front", odd({"--certificate", own.path}).url("rtsps"),
                  "    tls_ca_file: " + own.path + "\n"}});
  wait_state("front", "live");
}

TEST_F(SourceTest, RefusesTheCertificateOfAnotherHost) {
  const OwnCertificate own{folder, "192.0.2.1"};
  start_service({{"front", odd({"--certificate", own.path}).url("rtsps"),
                  "    tls_ca_file: " + own.path + "\n"}});
  EXPECT_THAT(wait_state("front", "refused").body,
              HasSubstr("it was issued for another host than the one in the URL"));
}

TEST_F(SourceTest, TakesAnyCertificateWhereTheCheckIsOff) {
  const OwnCertificate own{folder, "192.0.2.1"};
  start_service(
      {{"front", odd({"--certificate", own.path}).url("rtsps"), "    tls_verify: false\n"}});
  wait_state("front", "live");
}

TEST_F(SourceTest, LogsInOverTls) {
  const OwnCertificate own{folder};
  OddCamera& camera = odd({"--certificate", own.path, "--login", "SHA-256", "--user", "u",
                           "--password", "p", "--session-timeout", "2"});
  start_service({{"front", camera.url("rtsps"),
                  "    tls_verify: false\n    username: u\n    password: p\n"}});
  ASSERT_TRUE(camera.wait(
      "GET_PARAMETER /front/ Digest:SHA-256 - 0\nGET_PARAMETER /front/ Digest:SHA-256 - 0\n"));
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"state\":\"live\""));
}

} // namespace
} // namespace fanlight::test
