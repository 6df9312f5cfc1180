// What becomes of a viewer when its camera, or its mind, changes.
#include <gmock/gmock.h>

#include "viewer_fixture.h"

namespace fanlight::session {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Stream = ViewedStream::State;

/// H.264 and H.265.
std::string both() {
  return sdp::test::video_of("102 104", "a=rtpmap:102 H264/90000\r\n"
                                        "a=fmtp:102 packetization-mode=1;"
                                        "profile-level-id=42e01f\r\n"
                                        "a=rtpmap:104 H265/90000\r\n");
}

struct ViewerCameraTest : ViewerFixture {
  const Directory::OpenOptions page{.signalling = "websocket"};
};

TEST_F(ViewerCameraTest, KeepsAViewerWhileItsCameraIsLost) {
  connect();
  camera->main().go(Stream::retrying, "the camera closed the connection");
  camera->sub().go(Stream::retrying, "the camera closed the connection");

  viewer->on_camera_changed();

  EXPECT_EQ(viewer->state(), State::connected);
  EXPECT_EQ(viewer->info().stream, "main");
  EXPECT_EQ(camera->main().watchers, 1);
}

TEST_F(ViewerCameraTest, GoesOnWhenItsCameraIsBack) {
  connect();
  camera->main().go(Stream::retrying, "the camera closed the connection");
  camera->sub().go(Stream::retrying, "the camera closed the connection");
  viewer->on_camera_changed();

  camera->main().go_live(h264("42e01f"));
  viewer->on_camera_changed();

  EXPECT_EQ(viewer->state(), State::connected);
  EXPECT_THAT(listener.heard, IsEmpty());
  EXPECT_EQ(transport().played.size(), 1u) << "the transport has had it all the time";
}

TEST_F(ViewerCameraTest, ShowsTheOtherStreamWhileItsOwnIsLost) {
  connect();
  camera->main().go(Stream::retrying, "the camera closed the connection");

  viewer->on_camera_changed();

  EXPECT_THAT(listener.heard, ElementsAre("stream sub"));
  EXPECT_THAT(transport().played, ElementsAre("main-H264", "sub-H264"));
  EXPECT_EQ(viewer->info().stream_reason.message,
            "instead of main: the camera closed the connection");
  EXPECT_EQ(camera->main().watchers, 0);
  EXPECT_EQ(camera->sub().watchers, 1);

  camera->main().go_live(h264("42e01f"));
  viewer->on_camera_changed();
  EXPECT_EQ(viewer->info().stream, "main");
}

TEST_F(ViewerCameraTest, EndsWhereTheCameraChangesItsCodecToOneTheViewerCannotPlay) {
  connect();
  camera->main().go_live(h265("1", "0", "120"));
  camera->sub().go_live(h265("1", "0", "120"), 360);

  viewer->on_camera_changed();

  EXPECT_EQ(closed(), "camera_changed");
  EXPECT_EQ(listener.closed[0].message, "the camera changed its codec from H264 to H265");
}

TEST_F(ViewerCameraTest, GoesToTheOtherStreamWhereOneChangesItsCodec) {
  connect();
  camera->main().go_live(h265("1", "0", "120"));

  viewer->on_camera_changed();

  EXPECT_EQ(viewer->info().stream, "sub");
  EXPECT_EQ(viewer->state(), State::connected);
}

TEST_F(ViewerCameraTest, SwitchesToTheStreamThatItsViewerAsksFor) {
  connect();

  ASSERT_TRUE(viewer->select({.stream = "sub"}));

  EXPECT_THAT(transport().played, ElementsAre("main-H264", "sub-H264"));
  EXPECT_THAT(listener.heard, ElementsAre("stream sub"));
  EXPECT_EQ(viewer->info().stream_reason.message, "requested");
  EXPECT_EQ(camera->main().claims, 0);
  EXPECT_EQ(camera->sub().watchers, 1);
}

TEST_F(ViewerCameraTest, KeepsTheSoundWhereItIsWhenThePictureSwitches) {
  camera->main().sound = media::TrackFormat{.rtp = {"OPUS", 48000, 2, {}}};
  connect(plain_with_audio());

  ASSERT_TRUE(viewer->select({.stream = "sub"}));

  EXPECT_THAT(transport().played, ElementsAre("main-H264 main-OPUS", "sub-H264 main-OPUS"));
  EXPECT_EQ(camera->main().claims, 1);
  EXPECT_EQ(camera->main().watchers, 0);
}

TEST_F(ViewerCameraTest, KeepsThePictureUntilTheOtherStreamIsThere) {
  connect();
  camera->sub().go(Stream::idle, "");

  ASSERT_TRUE(viewer->select({.stream = "sub"}));
  EXPECT_EQ(viewer->info().stream, "main");
  EXPECT_EQ(camera->sub().claims, 1) << "so that it is connected";

  camera->sub().go_live(h264("42e01f"), 360);
  viewer->on_camera_changed();
  EXPECT_EQ(viewer->info().stream, "sub");
}

TEST_F(ViewerCameraTest, SwitchesOnceItIsConnectedWhereTheOtherStreamFitsByThen) {
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());
  camera->sub().go_live(h264("42e01f"), 360);
  ASSERT_TRUE(viewer->select({.stream = "sub"}));
  EXPECT_EQ(viewer->info().stream, "main");

  transport().say(Transport::connected);

  EXPECT_THAT(transport().played, ElementsAre("main-H264", "sub-H264"));
}

TEST_F(ViewerCameraTest, WaitsForTheStreamThatItsViewerAsksForMeanwhile) {
  make();
  ASSERT_TRUE(viewer->begin());
  ASSERT_TRUE(viewer->select({.stream = "sub"}));

  camera->main().go_live(h264("42e01f"));
  viewer->on_camera_changed();
  EXPECT_EQ(viewer->state(), State::waiting);
  camera->sub().go_live(h264("42e01f"), 360);
  viewer->on_camera_changed();

  EXPECT_EQ(viewer->info().stream, "sub");
}

TEST_F(ViewerCameraTest, RefusesAStreamThatThereIsNotAndKeepsItsPreference) {
  connect();

  const auto refused = viewer->select({.stream = "third"});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::no_stream);
  EXPECT_EQ(viewer->info().stream, "main");
  camera->main().go(Stream::retrying, "the camera closed the connection");
  viewer->on_camera_changed();
  EXPECT_EQ(viewer->info().stream, "sub") << "any, as before";
}

TEST_F(ViewerCameraTest, EndsWhereASwitchFails) {
  connect();
  transport().play_error = Error{Errc::conflict, "the viewer has gone"};

  ASSERT_TRUE(viewer->select({.stream = "sub"}));

  EXPECT_EQ(closed(), "internal");
  EXPECT_EQ(listener.closed[0].message, "the viewer has gone");
}

TEST_F(ViewerCameraTest, HasAPageBeginAnewForAStreamOfAnotherCodec) {
  connect(both(), page);
  camera->sub().go_live(h265("1", "0", "120"), 360);

  ASSERT_TRUE(viewer->select({.stream = "sub"}));

  EXPECT_EQ(closed(), "stream_changed");
}

TEST_F(ViewerCameraTest, HasAPageBeginAnewOnlyWhereItsStreamIsDownForLong) {
  connect(both(), page);
  camera->sub().go_live(h265("1", "0", "120"), 360);
  camera->main().go(Stream::retrying, "the camera closed the connection");

  camera->main().age = std::chrono::milliseconds{9'999};
  viewer->on_camera_changed();
  EXPECT_EQ(viewer->state(), State::connected);

  camera->main().age = std::chrono::seconds{10};
  viewer->on_camera_changed();
  EXPECT_EQ(closed(), "stream_changed");
}

TEST_F(ViewerCameraTest, AnswersARestartWithTheStreamThatIsPlayed) {
  connect();
  ASSERT_TRUE(viewer->select({.stream = "sub"}));

  ASSERT_TRUE(viewer->restart(sdp::test::with(plain(), "a=ice-ufrag:abcd", "a=ice-ufrag:newU")));

  ASSERT_EQ(transport().offers.size(), 2u);
  EXPECT_EQ(transport().offers[1].media[0].transport.ice_ufrag, "newU");
  EXPECT_EQ(transport().accepted.at(0)->stream, "sub");
}

} // namespace
} // namespace fanlight::session
