// How the element reaches a camera that the test plays.
#include <string>
#include <vector>

#include <gio/gio.h>
#include <gmock/gmock.h>

#include "rtspdirectsrc/player.h"
#include "rtspdirectsrc/scripted_camera.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

void expect_picture(Player& player) {
  GstSample* const sample = player.picture();
  ASSERT_NE(sample, nullptr);
  gst_sample_unref(sample);
}

// ---- UDP ----

TEST(RtspDirectSrcTest, ReadsPacketsOverUdp) {
  ScriptedCamera camera;
  camera.sdp = kVideoOnly;
  camera.over_udp = true;
  Player player{camera.url()};
  g_object_set(player.source(), "transport", 1, nullptr);
  player.play();
  EXPECT_THAT(camera.wait_for("SETUP"), HasSubstr("Transport: RTP/AVP;unicast;client_port="));
  camera.wait_for("PLAY");

  send_group(camera);

  expect_picture(player);
  EXPECT_EQ(camera.wait_for_datagram().size(), 12u) << "opens the way through firewalls";
  EXPECT_EQ(camera.wait_for_datagram().substr(0, 2), "\x81\xc9") << "a receiver report";
}

TEST(RtspDirectSrcTest, ChangesToTcpWhereTheCameraRefusesUdp) {
  ScriptedCamera camera{[](const std::string& request) -> std::string {
    return request.find("client_port") == request.npos ? "" : "461 Unsupported Transport\r\n";
  }};
  Player player{camera.url()};
  g_object_set(player.source(), "transport", 2, nullptr);
  player.play();
  camera.wait_for("PLAY");

  send_group(camera);

  expect_picture(player);
}

TEST(RtspDirectSrcTest, ChangesToTcpWhereOnlyReportsArriveByUdp) {
  ScriptedCamera camera;
  camera.sdp = kVideoOnly;
  camera.over_udp = true;
  Player player{camera.url()};
  g_object_set(player.source(), "transport", 2, nullptr);
  player.play();
  camera.wait_for("PLAY");

  camera.send_packet(1, std::string{"\x80\xc8\0\6\0\0\0\7", 8} + std::string(20, '\1'));

  EXPECT_THAT(camera.wait_for("SETUP", 2), HasSubstr("RTP/AVP/TCP"));
}

TEST(RtspDirectSrcTest, UsesTcpWhereTheCameraAnswersWithItThoughUdpIsAsked) {
  ScriptedCamera camera{[](const std::string& request) -> std::string {
    return request.starts_with("SETUP")
               ? "200 OK\r\nSession: 4711\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
               : "";
  }};
  camera.sdp = kVideoOnly;
  Player player{camera.url()};
  g_object_set(player.source(), "transport", 1, nullptr);
  player.play();
  EXPECT_THAT(camera.wait_for("SETUP"), HasSubstr("client_port="));
  camera.wait_for("PLAY");

  send_group(camera);

  expect_picture(player);
  EXPECT_EQ(camera.wait_for_packet(1).substr(0, 2), "\x81\xc9") << "a receiver report";
}

// ---- TLS ----

using Judgement = std::vector<GTlsCertificateFlags>;

TEST(RtspDirectSrcTest, ReadsACameraWithTlsWhoseCertificateIsAccepted) {
  ScriptedCamera camera;
  camera.tls = true;
  Judgement judged;
  Player player{camera.url("rtsps")};
  g_signal_connect(player.source(), "accept-certificate",
                   G_CALLBACK(+[](GstElement*, GTlsConnection*, GTlsCertificate* certificate,
                                  GTlsCertificateFlags faults, Judgement* all) -> gboolean {
                     EXPECT_NE(certificate, nullptr);
                     all->push_back(faults);
                     return TRUE;
                   }),
                   &judged);
  player.play();
  camera.wait_for("PLAY");

  send_group(camera);

  expect_picture(player);
  ASSERT_THAT(judged, testing::SizeIs(1));
  EXPECT_NE(judged[0] & G_TLS_CERTIFICATE_UNKNOWN_CA, 0) << judged[0];
}

TEST(RtspDirectSrcTest, SaysNothingToACameraWhoseCertificateIsRejected) {
  ScriptedCamera camera{[](const std::string& request) -> std::string {
    ADD_FAILURE() << request;
    return "";
  }};
  camera.tls = true;
  Player player{camera.url("rtsps")};

  player.play();

  EXPECT_THAT(player.error(), HasSubstr("kind=(string)certificate"));
}

TEST(RtspDirectSrcTest, SaysThatACameraHasNoTls) {
  ScriptedCamera camera;
  camera.greeting = "RTSP/1.0 400 Bad Request\r\n\r\n";
  Player player{camera.url("rtsps")};

  player.play();

  EXPECT_THAT(player.error(), HasSubstr("kind=(string)handshake"));
}

TEST(RtspDirectSrcTest, SaysThatACameraHungUpWhileTlsBegan) {
  ScriptedCamera camera;
  camera.hang_up_soon();
  Player player{camera.url("rtsps")};

  player.play();

  EXPECT_THAT(player.error(),
              AllOf(HasSubstr("shaking=(boolean)true"),
                    AnyOf(HasSubstr("kind=(string)closed"), HasSubstr("kind=(string)broken"))));
}

} // namespace
} // namespace fanlight::test
