#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Pictures and sound through WebRTC, as a viewer on another GStreamer gets them.
class MediaFlowTest : public ServiceTest {
 protected:
  std::unique_ptr<Process> view(const std::string& camera, std::vector<std::string> options) {
    const char* viewer = std::getenv("FANLIGHT_VIEWER");
    options.insert(options.begin(), {viewer != nullptr ? viewer : "whep-viewer", "--json"});
    options.push_back(url("/whep/" + camera));
    return std::make_unique<Process>(std::move(options));
  }
};

TEST_F(MediaFlowTest, PlaysH264) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const auto viewer = view("front", {"--frames", "50"});
  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
}

TEST_F(MediaFlowTest, PlaysH265) {
  start_cameras({"id=hevc,codec=h265,size=320x180,gop=25,loop=4,bitrate=300,audio=none"});
  start_service({camera("hevc")});
  const auto viewer = view("hevc", {"--codec", "h265", "--frames", "50"});
  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
}

TEST_F(MediaFlowTest, PlaysManyCamerasAndManyViewersAtOnce) {
  start_cameras({small("a"), small("b")});
  start_service({camera("a"), camera("b")});
  const auto first = view("a", {"--frames", "50", "--count", "3"});
  const auto second = view("b", {"--frames", "50", "--count", "3"});
  EXPECT_EQ(first->wait_exit(), 0) << first->output();
  EXPECT_EQ(second->wait_exit(), 0) << second->output();
}

TEST_F(MediaFlowTest, BringsSoundOfACameraThatSendsAac) {
  start_cameras({"id=front,size=320x180,gop=25,loop=4,bitrate=300,audio=aac"});
  start_service({camera("front")});
  const auto viewer = view("front", {"--audio", "--frames", "75"});
  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"audio_codec\":\"OPUS\""));
}

TEST_F(MediaFlowTest, GoesOnAfterTheCameraCameBack) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const auto viewer = view("front", {"--frames", "150"});
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  cameras->signal(SIGKILL);
  wait_state("front", "retrying");
  restart_cameras({small("front")});

  EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
}

TEST_F(MediaFlowTest, CountsWhatAViewerGets) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const auto viewer = view("front", {"--duration", "600"});
  ASSERT_TRUE(viewer->wait_output("first_frame")) << viewer->output();

  const Response sessions = poll(
      "/api/sessions",
      [](const Response& r) {
        return r.body.find("\"state\":\"connected\"") != std::string::npos &&
               r.body.find("\"packets_sent\":0,") == std::string::npos;
      },
      "packets");

  EXPECT_THAT(sessions.body, HasSubstr("\"transport\":\"" + test_transport() + "\""));
  EXPECT_THAT(sessions.body, HasSubstr("\"transport_reason\":\""));
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"viewers\":1"));
  viewer->signal(SIGTERM);
  viewer->wait_exit();
}

TEST_F(MediaFlowTest, LosesAViewerThatVanishesWithoutHurtingTheOthers) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const auto vanishing = view("front", {"--duration", "600"});
  // For longer than who sends no STUN checks is waited for: libnice sends none, but reports.
  const auto staying = view("front", {"--frames", "400"});
  ASSERT_TRUE(vanishing->wait_output("first_frame")) << vanishing->output();

  vanishing->signal(SIGKILL);

  EXPECT_EQ(staying->wait_exit(), 0) << staying->output();
}

} // namespace
} // namespace fanlight::test
