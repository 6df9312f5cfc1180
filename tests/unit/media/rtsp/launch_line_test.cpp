#include "media/rtsp/launch_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

config::Camera camera() {
  config::Camera camera;
  camera.id = "front";
  camera.streams = {{.url = "rtsp://192.0.2.10/a?b=1&c=2"}};
  return camera;
}

TEST(LaunchLineTest, HasTheSourceAndAChainForEachCodec) {
  const std::string line = launch_line(camera(), {}, "");
  EXPECT_THAT(line, StartsWith("gst-launch-1.0 rtspsrc name=camera "));
  EXPECT_THAT(line, HasSubstr("protocols=tcp latency=100"));
  EXPECT_THAT(line, HasSubstr("camera. ! application/x-rtp,encoding-name=H264 ! rtph26xdepay ! "
                              "goptee ! rtph264pay"));
  EXPECT_THAT(line, HasSubstr("camera. ! application/x-rtp,encoding-name=H265 ! rtph26xdepay ! "
                              "goptee ! rtph265pay"));
}

TEST(LaunchLineTest, HasTheSourceThatTheCameraHas) {
  config::Camera direct = camera();
  direct.streams.front().source = config::Source::direct;
  const std::string line = launch_line(direct, {}, "");
  EXPECT_THAT(line, StartsWith("gst-launch-1.0 rtspdirectsrc name=camera location="));
  EXPECT_THAT(line, HasSubstr(" camera. ! video/x-h264 ! goptee ! rtph264pay"));
  EXPECT_THAT(line, Not(HasSubstr("protocols")));
}

TEST(LaunchLineTest, QuotesTheUrlForTheShell) {
  EXPECT_THAT(launch_line(camera(), {}, ""), HasSubstr("location='rtsp://192.0.2.10/a?b=1&c=2'"));
}

TEST(LaunchLineTest, LogsInAndTunnelsAsTheServiceDoes) {
  config::Camera private_one = camera();
  config::Stream& stream = private_one.streams.front();
  stream.url = "rtsps://192.0.2.10/a";
  stream.username = "admin";
  stream.password = "it's";
  EXPECT_THAT(launch_line(private_one, {}, ""),
              HasSubstr("location='rtsps://192.0.2.10:322/a' user-id='admin' user-pw='it'\\''s'"));

  stream.transport = config::RtspTransport::http;
  EXPECT_THAT(launch_line(private_one, {}, ""), HasSubstr("location='rtspsh://192.0.2.10:443/a'"));
}

TEST(LaunchLineTest, LeavesOutWhatTheConfigurationLeavesOut) {
  config::Camera silent = camera();
  silent.audio = false;
  silent.codecs = {config::VideoCodec::h264};
  const std::string line = launch_line(silent, {}, "");
  EXPECT_THAT(line, Not(HasSubstr("media=audio")));
  EXPECT_THAT(line, Not(HasSubstr("h265")));
}

TEST(LaunchLineTest, EndsInWhatTheConfigurationHasForViewers) {
  config::WebRtc webrtc;
  const std::string line = launch_line(camera(), webrtc, "");
  EXPECT_THAT(line, HasSubstr("rtph264pay aggregate-mode=zero-latency mtu=1174 ! fanout. "));
  EXPECT_THAT(line, HasSubstr(" webrtcfanout name=fanout"));

  webrtc.transport = config::ViewerTransport::webrtcbin;
  const std::string other = launch_line(camera(), webrtc, "");
  EXPECT_THAT(other, HasSubstr("mtu=1200 ! fakesink async=false"));
  EXPECT_THAT(other, Not(HasSubstr("fanout")));
}

TEST(LaunchLineTest, PointsAtElementsThatAreNotInstalled) {
  EXPECT_THAT(launch_line(camera(), {}, "/build/plugins"),
              StartsWith("GST_PLUGIN_PATH='/build/plugins' gst-launch-1.0"));
}

} // namespace
} // namespace fanlight::media
