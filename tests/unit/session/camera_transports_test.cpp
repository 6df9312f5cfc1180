#include "session/camera_transports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "session/media_camera.h"
#include "support/fake_fanout.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using test::FakeFanout;
using test::turn_until;
using testing::HasSubstr;
using testing::Not;

/// What carries the viewers of a camera nobody answers for, with a fanout that only pretends.
class CameraTransportsTest : public testing::Test, public media::Camera::Observer {
 protected:
  void SetUp() override {
    load_own_elements();
    FakeFanout::register_element();
    config::Camera config;
    config.id = "front";
    config.streams = {{.url = "rtsp://127.0.0.1:9/front"}};
    auto created = media::Camera::create(config, queue, *this);
    ASSERT_TRUE(created) << created.error().message;
    camera = std::move(*created);
    transports = std::make_shared<CameraTransports>(std::make_shared<MediaCamera>(camera),
                                                    config::ViewerTransport::fanout,
                                                    config::WebRtc{}, ViewerBound{});
  }
  void TearDown() override {
    transports.reset();
    camera.reset();
    wait_for_stops(test::kHangLimit);
  }
  void on_camera_changed(media::Camera&) override {}

  /// A viewer who gets `encoding` of the camera.
  Result<TransportFactory::Made> make(const std::string& encoding) {
    sdp::Choice choice;
    choice.sent = {encoding, 90000, 1, {}};
    choice.stream = "main";
    const sdp::Choices choices{choice};
    const std::string id = "one";
    const std::string address = "192.0.2.1";
    return transports->make(
        {.id = id, .client_address = address, .offer = offer, .choices = choices}, {});
  }
  std::string drawing() const {
    std::string dot;
    camera->draw([&dot](const auto& drawn) { dot = drawn ? **drawn : drawn.error().message; });
    turn_until([&dot] { return !dot.empty(); }, "the drawing");
    return dot;
  }
  /// Whether so many threads are promised to somebody.
  static bool promised(std::uint32_t threads) {
    const std::vector<Bound> bounds{{Bound::Of::threads, "pids.max", 1000, 0, ""}};
    return !Reservation::take({1001 - threads, 0}, {}, {"test"_reason, "a test"}, bounds);
  }

  media::ConnectQueue queue;
  std::shared_ptr<media::Camera> camera;
  std::shared_ptr<CameraTransports> transports;
  const sdp::Offer offer;
};

TEST_F(CameraTransportsTest, RefusesAWebrtcbinAboveTheBound) {
  transports = std::make_shared<CameraTransports>(
      std::make_shared<MediaCamera>(camera), config::ViewerTransport::webrtcbin, config::WebRtc{},
      ViewerBound{.viewers = 0, .why = "webrtc.max_webrtcbin_viewers", .warning = {}});

  const auto refused = make("H264");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::busy);
  EXPECT_THAT(refused.error().message, HasSubstr("webrtc.max_webrtcbin_viewers"));
}

TEST_F(CameraTransportsTest, KeepsRoomForAFanoutsThreadsUntilTheyHadTimeToStart) {
  const auto first = make("H264");

  EXPECT_TRUE(promised(kFanoutRoom.threads));
  EXPECT_FALSE(promised(kFanoutRoom.threads + 1));
  EXPECT_THAT(drawing(), HasSubstr("fanout"));
}

TEST_F(CameraTransportsTest, LeavesNoFanoutWhoseFirstViewerCannotBeFed) {
  const auto refused = make("OPUS");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_THAT(drawing(), Not(HasSubstr("fanout")));
  EXPECT_FALSE(promised(1));
}

} // namespace
} // namespace fanlight::session
