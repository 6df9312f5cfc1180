// The element against a camera that the test plays.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "rtspdirectsrc/player.h"
#include "rtspdirectsrc/scripted_camera.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The threads of the element in this process.
std::size_t threads() {
  std::size_t count = 0;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::ifstream file{task.path() / "comm"};
    std::string name;
    std::getline(file, name);
    count += name == "rtspdirectsrc" ? 1 : 0;
  }
  return count;
}

TEST(RtspDirectSrcTest, GivesOutAccessUnits) {
  ScriptedCamera camera;
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");

  send_group(camera);

  for (int i = 0; i < 3; ++i) {
    GstSample* const sample = player.picture();
    ASSERT_NE(sample, nullptr);
    GstBuffer* const buffer = gst_sample_get_buffer(sample);
    EXPECT_EQ(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT), i > 0);
    EXPECT_EQ(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT), i == 0);
    EXPECT_TRUE(GST_BUFFER_PTS_IS_VALID(buffer));
    int width = 0;
    gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(sample), 0), "width", &width);
    EXPECT_EQ(width, 1920);
    gst_sample_unref(sample);
  }
}

TEST(RtspDirectSrcTest, GivesOutPacketsOfSound) {
  ScriptedCamera camera;
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");

  for (int i = 0; i < 3; ++i) camera.send_sound();

  GstSample* const sample = player.sound();
  ASSERT_NE(sample, nullptr);
  const GstStructure* const caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
  int payload_type = 0;
  gst_structure_get_int(caps, "payload", &payload_type);
  EXPECT_EQ(payload_type, 8);
  EXPECT_EQ(gst_buffer_get_size(gst_sample_get_buffer(sample)), 172u);
  gst_sample_unref(sample);
}

TEST(RtspDirectSrcTest, SetsUpOnlyWhatIsSelected) {
  ScriptedCamera camera;
  Player player{camera.url()};
  g_signal_connect(player.source(), "select-stream",
                   G_CALLBACK(+[](GstElement*, guint medium, GstCaps*, gpointer) -> gboolean {
                     return medium == 1 ? TRUE : FALSE;
                   }),
                   nullptr);

  player.play();
  camera.wait_for("PLAY");

  EXPECT_THAT(camera.wait_for("SETUP"), HasSubstr("/track2 RTSP/1.0"));
}

TEST(RtspDirectSrcTest, SaysWhatTheCameraRefuses) {
  ScriptedCamera camera{[](const std::string& request) -> std::string {
    return request.starts_with("DESCRIBE") ? "404 Not Found\r\n" : "";
  }};
  Player player{camera.url()};

  player.play();

  const std::string error = player.error();
  EXPECT_THAT(error, StartsWith("rtsp-failure"));
  EXPECT_THAT(error, HasSubstr("kind=(string)refused"));
  EXPECT_THAT(error, HasSubstr("status=(int)404"));
}

TEST(RtspDirectSrcTest, LogsIn) {
  ScriptedCamera camera{[](const std::string& request) -> std::string {
    return request.find("Authorization: Basic dXNlcjpwYXNz") == request.npos
               ? "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
               : "";
  }};
  Player player{camera.url()};
  g_object_set(player.source(), "user-id", "user", "user-pw", "pass", nullptr);

  player.play();

  camera.wait_for("PLAY");
}

TEST(RtspDirectSrcTest, SaysThatNobodyIsThere) {
  std::string url;
  {
    const ScriptedCamera camera;
    url = camera.url();
  }
  Player player{url};

  player.play();

  EXPECT_THAT(player.error(), HasSubstr("kind=(string)unreachable"));
}

TEST(RtspDirectSrcTest, EndsItsStreamsWhenTheCameraHangsUp) {
  ScriptedCamera camera;
  camera.sdp = kVideoOnly;
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");
  send_group(camera);
  gst_sample_unref(player.picture());

  camera.hang_up();

  while (GstSample* const sample = player.picture()) gst_sample_unref(sample);
  EXPECT_EQ(gst_app_sink_is_eos(GST_APP_SINK(player.pictures())), TRUE);
}

TEST(RtspDirectSrcTest, SaysThatTheCameraHungUpBeforeItPlayed) {
  ScriptedCamera camera{[](const std::string& request) -> std::string {
    return request.starts_with("SETUP") ? "nothing" : "";
  }};
  Player player{camera.url()};
  player.play();
  camera.wait_for("SETUP");

  camera.hang_up();

  EXPECT_THAT(player.error(), HasSubstr("kind=(string)closed, method=(string)SETUP"));
}

TEST(RtspDirectSrcTest, EndsItsStreamsWhenTheCameraMovesAfterItsFirstPackets) {
  ScriptedCamera* moving = nullptr;
  ScriptedCamera camera{[&moving, moved = false](const std::string& request) mutable {
    if (!request.starts_with("PLAY")) return std::string{};
    for (int i = 0; i < 3; ++i) moving->send_sound();
    if (std::exchange(moved, true)) return std::string{};
    return "302 Moved Temporarily\r\nLocation: " + moving->url() + "\r\n";
  }};
  moving = &camera;
  Player player{camera.url()};
  player.play();

  while (GstSample* const sample = player.sound()) gst_sample_unref(sample);
  EXPECT_EQ(gst_app_sink_is_eos(GST_APP_SINK(player.sound_sink())), TRUE);
}

TEST(RtspDirectSrcTest, SaysThatTheCameraSaidGoodbyeBeforeAPicture) {
  ScriptedCamera camera;
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");

  for (int i = 0; i < 4; ++i) camera.send_picture(false);
  camera.send_goodbye();

  EXPECT_THAT(player.error(), HasSubstr("kind=(string)closed"));
}

TEST(RtspDirectSrcTest, SaysGoodbyeOnce) {
  std::atomic<int> goodbyes{0};
  ScriptedCamera camera{[&goodbyes](const std::string& request) {
    if (!request.starts_with("TEARDOWN")) return std::string{};
    ++goodbyes;
    return std::string{"nothing"};
  }};
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");
  for (int i = 0; i < 4; ++i) camera.send_picture(false);
  camera.send_goodbye();
  camera.wait_for("TEARDOWN");

  player.stop();
  player.play();

  camera.wait_for("OPTIONS", 2); // The camera has read all of the first connection.
  EXPECT_EQ(goodbyes, 1);
}

TEST(RtspDirectSrcTest, SaysGoodbyeToACameraThatPlays) {
  ScriptedCamera camera;
  {
    Player player{camera.url()};
    player.play();
    camera.wait_for("PLAY");
    send_group(camera);
    gst_sample_unref(player.picture());
  }

  EXPECT_THAT(camera.wait_for("TEARDOWN"), HasSubstr("Session: 4711"));
}

TEST(RtspDirectSrcTest, StopsThoughTheCameraSaysNothing) {
  ScriptedCamera camera{[](const std::string&) -> std::string { return "nothing"; }};
  {
    Player player{camera.url()};
    player.play();
    camera.wait_for("OPTIONS");
  }
  Player again{camera.url()};
  again.play();
  camera.wait_for("OPTIONS", 2);
}

TEST(RtspDirectSrcTest, ConnectsAgainWhenItPlaysAgain) {
  ScriptedCamera camera;
  Player player{camera.url()};
  for (int i = 1; i <= 2; ++i) {
    player.play();
    camera.wait_for("PLAY", i);
    send_group(camera);
    GstSample* const sample = player.picture();
    ASSERT_NE(sample, nullptr);
    gst_sample_unref(sample);
    player.stop();
  }
}

TEST(RtspDirectSrcTest, DisconnectsWhenItPauses) {
  ScriptedCamera camera;
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");

  player.pause();
  camera.wait_for("TEARDOWN");
  player.play();

  camera.wait_for("PLAY", 2);
}

TEST(RtspDirectSrcTest, KeepsTheSessionAlive) {
  ScriptedCamera camera;
  Player player{camera.url()};
  g_object_set(player.source(), "keep-alive-period", 100, nullptr);

  player.play();

  EXPECT_THAT(camera.wait_for("GET_PARAMETER", 2), HasSubstr("Session: 4711"));
}

TEST(RtspDirectSrcTest, AsksTheCameraForAKeyFrame) {
  ScriptedCamera camera;
  camera.sdp.replace(camera.sdp.find("AVPF"), 4, "AVP");
  Player player{camera.url()};
  player.play();
  camera.wait_for("PLAY");

  for (int i = 0; i < 4; ++i) camera.send_picture(false);

  std::string packet;
  do packet = camera.wait_for_packet(1);
  while (packet.find("\x81\xce") == packet.npos);
  EXPECT_EQ(packet.substr(packet.find("\x81\xce") + 8, 4), (std::string{0, 0, 0, 7}));
}

// ---- Threads ----

TEST(RtspDirectSrcTest, ManyCamerasShareAFewThreads) {
  constexpr int kCameras = 40;
  std::vector<std::unique_ptr<ScriptedCamera>> cameras;
  std::vector<std::unique_ptr<Player>> players;
  for (int i = 0; i < kCameras; ++i) {
    cameras.push_back(std::make_unique<ScriptedCamera>());
    players.push_back(std::make_unique<Player>(cameras.back()->url()));
    players.back()->play();
  }
  for (const auto& camera : cameras) {
    camera->wait_for("PLAY");
    send_group(*camera);
  }
  for (const auto& player : players) {
    GstSample* const sample = player->picture();
    ASSERT_NE(sample, nullptr);
    gst_sample_unref(sample);
  }

  EXPECT_GE(threads(), 1u);
  EXPECT_LE(threads(), 4u);
}

} // namespace
} // namespace fanlight::test
