#include "config/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// Cameras a, b and c.
Config three() {
  Config config;
  for (const char* id : {"a", "b", "c"}) {
    Camera camera;
    camera.id = id;
    camera.streams = {{.url = "rtsp://192.0.2.1/" + std::string(id)}};
    camera.origin = {"fanlight.yaml", 3, false};
    config.cameras.push_back(camera);
  }
  return config;
}

TEST(ConfigDiffTest, SeesNoChangeWhereOnlyTheLineIsAnother) {
  Config wanted = three();
  for (Camera& camera : wanted.cameras) camera.origin.line += 10;

  const Diff diff = compare(three(), wanted);

  EXPECT_THAT(diff.unchanged, ElementsAre("a", "b", "c"));
  EXPECT_FALSE(diff.changes_cameras());
  EXPECT_THAT(diff.needs_restart, IsEmpty());
  EXPECT_THAT(diff.taken_over, IsEmpty());
}

TEST(ConfigDiffTest, TellsWhatKeepsViewersFromWhatDoesNot) {
  Config wanted = three();
  wanted.cameras[0].name = "A";
  wanted.cameras[0].max_viewers = 3;
  wanted.cameras[1].streams[0].latency = std::chrono::milliseconds{5};
  wanted.cameras[2].codecs = {VideoCodec::h264};

  const Diff diff = compare(three(), wanted);

  EXPECT_THAT(diff.adjusted, ElementsAre("a"));
  EXPECT_THAT(diff.rebuilt, ElementsAre("b", "c"));
  EXPECT_THAT(diff.unchanged, IsEmpty());
}

TEST(ConfigDiffTest, FindsWhatIsNewAndWhatIsGone) {
  Config wanted = three();
  wanted.cameras[1].id = "d";

  const Diff diff = compare(three(), wanted);

  EXPECT_THAT(diff.added, ElementsAre("d"));
  EXPECT_THAT(diff.removed, ElementsAre("b"));
  EXPECT_FALSE(diff.reordered) << "those that stay are in the same order";
}

TEST(ConfigDiffTest, SeesAnotherOrder) {
  Config wanted = three();
  std::swap(wanted.cameras[0], wanted.cameras[2]);

  const Diff diff = compare(three(), wanted);

  EXPECT_TRUE(diff.reordered);
  EXPECT_THAT(diff.unchanged, ElementsAre("c", "b", "a"));
}

TEST(ConfigDiffTest, NamesTheKeysThatNeedARestartAndTakesOverTheOthers) {
  Config wanted = three();
  wanted.server = {.listen = "127.0.0.1:1",
                   .web_root = "/tmp",
                   .settings = Access::none,
                   .cameras_file = "other.yaml",
                   .hosts = {"nvr.example.org"},
                   .tls = {.certificate = "a", .key = "b", .redirect = ":80", .hsts_days = 1},
                   .trusted_proxies = {"10.0.0.0/8"}};
  wanted.data.directory = "data";
  wanted.embed.origins = {"https://a.example"};
  wanted.embed.frame_ancestors = {"https://b.example"};
  wanted.webrtc = {.transport = ViewerTransport::fanout,
                   .port = 1,
                   .tcp = false,
                   .workers = 3,
                   .ice_servers = {{{"stun:a"}, "", ""}},
                   .browser_ice_servers = {{{"stun:b"}, "", ""}},
                   .udp_port_min = 1,
                   .udp_port_max = 2,
                   .public_addresses = {"192.0.2.1"},
                   .max_viewers = 4,
                   .max_webrtcbin_viewers = 5};
  wanted.logging.level = log::Level::debug;
  wanted.cameras[0].name = "A";

  EXPECT_THAT(compare(three(), wanted).needs_restart,
              ElementsAre("server.listen", "server.web_root", "server.tls.certificate",
                          "server.tls.key", "server.tls.redirect", "data.directory",
                          "webrtc.transport", "webrtc.port", "webrtc.tcp", "webrtc.workers",
                          "webrtc.ice_servers", "webrtc.udp_ports", "webrtc.public_addresses",
                          "webrtc.max_webrtcbin_viewers"));
  EXPECT_THAT(compare(three(), wanted).taken_over,
              ElementsAre("server.settings is now none", "server.cameras_file is now other.yaml",
                          "server.hosts is now nvr.example.org", "server.tls.hsts_days is now 1",
                          "server.trusted_proxies is now 10.0.0.0/8",
                          "embed.origins is now https://a.example",
                          "embed.frame_ancestors is now https://b.example",
                          "webrtc.browser_ice_servers has changed", "webrtc.max_viewers is now 4",
                          "logging.level is now debug"));
  EXPECT_THAT(compare(wanted, three()).taken_over, Contains("embed.origins is now empty"));
  Config expected = three();
  expected.server.settings = Access::none;
  expected.server.cameras_file = "other.yaml";
  expected.server.hosts = {"nvr.example.org"};
  expected.server.tls.hsts_days = 1;
  expected.server.trusted_proxies = {"10.0.0.0/8"};
  expected.embed.origins = {"https://a.example"};
  expected.embed.frame_ancestors = {"https://b.example"};
  expected.webrtc.max_viewers = 4;
  expected.webrtc.browser_ice_servers = wanted.webrtc.browser_ice_servers;
  expected.logging.level = log::Level::debug;
  expected.cameras[0].name = "A";
  EXPECT_EQ(without_restart(three(), wanted), expected);
}

} // namespace
} // namespace fanlight::config
