#include "session/media_camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using test::turn_until;
using testing::HasSubstr;
using testing::Not;

/// A camera nobody answers for, and a bin of somebody who wants its picture.
struct MediaCameraTest : testing::Test, media::Camera::Observer, webrtc::MediaFeed::Observer {
  void SetUp() override {
    load_own_elements();
    config::Camera config;
    config.id = "front";
    for (const char* id : {"main", "sub"})
      config.streams.push_back({.id = id,
                                .url = "rtsp://127.0.0.1:9/" + std::string{id},
                                .pull = config::Pull::on_demand,
                                .start_timeout = std::chrono::seconds{7}});
    auto created = media::Camera::create(config, queue, *this);
    ASSERT_TRUE(created) << created.error().message;
    media = std::move(*created);
    media->start();
    camera = std::make_unique<MediaCamera>(media);
  }
  void TearDown() override {
    feed.reset();
    camera.reset();
    media->stop();
    media.reset();
    wait_for_stops(test::kHangLimit);
  }
  void on_camera_changed(media::Camera&) override {}
  void on_feed_failed(const std::string& why) override { failures.push_back(why); }

  void attach() {
    auto bin = Ref<GstElement>::retain(gst_bin_new("guest"));
    guest = Ref<GstElement>::retain(gst_element_factory_make("fakesink", nullptr));
    gst_bin_add(GST_BIN(bin.get()), guest.get());
    const auto inner = Ref<GstPad>::adopt(gst_element_get_static_pad(guest.get(), "sink"));
    pad = Ref<GstPad>::retain(gst_ghost_pad_new("sink", inner.get()));
    gst_element_add_pad(bin.get(), pad.get());
    auto attached = camera->attach(std::move(bin), *this);
    ASSERT_TRUE(attached) << attached.error().message;
    feed = std::move(*attached);
  }
  std::string drawing() const {
    std::string dot;
    media->draw([&dot](const auto& drawn) { dot = drawn ? **drawn : drawn.error().message; });
    turn_until([&dot] { return !dot.empty(); }, "the drawing");
    return dot;
  }

  media::ConnectQueue queue;
  std::shared_ptr<media::Camera> media;
  std::unique_ptr<MediaCamera> camera;
  std::unique_ptr<webrtc::MediaFeed> feed;
  Ref<GstElement> guest;
  Ref<GstPad> pad; // Of the bin.
  std::vector<std::string> failures;
};

TEST_F(MediaCameraTest, ShowsTheStreamsOfTheCamera) {
  EXPECT_EQ(camera->id(), "front");
  ASSERT_EQ(camera->streams().size(), 2u);
  const ViewedStream& sub = *camera->streams()[1];
  EXPECT_EQ(sub.id(), "sub");
  EXPECT_EQ(sub.state(), ViewedStream::State::idle);
  EXPECT_EQ(sub.start_timeout(), std::chrono::seconds{7});
  EXPECT_TRUE(sub.video().empty());
  EXPECT_FALSE(sub.sends("H264"));
}

TEST_F(MediaCameraTest, ConnectsAStreamThatIsClaimedAndCountsWhoWatches) {
  const auto claim = camera->streams()[0]->claim();

  EXPECT_EQ(camera->streams()[0]->state(), ViewedStream::State::connecting);
  EXPECT_EQ(media->find("main")->viewers(), 0u);
  claim->watch();
  EXPECT_EQ(media->find("main")->viewers(), 1u);
}

TEST_F(MediaCameraTest, FeedsAPadOfABinThatIsPartOfThePipeline) {
  attach();
  EXPECT_THAT(drawing(), HasSubstr("guest"));

  ASSERT_TRUE(feed->link("main", Codec::h264, pad.get()));
  EXPECT_TRUE(gst_pad_is_linked(pad.get()));
  EXPECT_EQ(feed->groups_dropped(), 0u);

  feed->unlink("main", Codec::h264);
  EXPECT_FALSE(gst_pad_is_linked(pad.get()));

  ASSERT_TRUE(feed->link("main", Codec::h264, pad.get())) << "for a viewer who comes back";
  EXPECT_TRUE(gst_pad_is_linked(pad.get()));
}

TEST_F(MediaCameraTest, GivesBackThePadOfASoundThatIsNoLongerSent) {
  attach();
  media::RtspConnection::Observer& connection = *media->find("main");
  connection.on_connection_audio("PCMU", {});
  ASSERT_TRUE(feed->link("main", Codec::pcmu, pad.get()));

  for (const char* sound : {"PCMA", ""}) {
    connection.on_connection_audio(sound, {});
    feed->unlink("main", Codec::pcma); // Nobody has linked that.
    EXPECT_TRUE(gst_pad_is_linked(pad.get())) << sound;
  }
  feed->unlink("main", Codec::pcmu);

  EXPECT_FALSE(gst_pad_is_linked(pad.get()));
}

TEST_F(MediaCameraTest, RefusesWhatTheCameraDoesNotSend) {
  attach();

  EXPECT_EQ(feed->link("main", Codec::opus, pad.get()).error().code, Errc::not_found);
  EXPECT_EQ(feed->link("third", Codec::h264, pad.get()).error().code, Errc::not_found);
}

TEST_F(MediaCameraTest, TellsOfAnErrorInTheBinAndKeepsTheCamera) {
  attach();

  GST_ELEMENT_ERROR(guest.get(), RESOURCE, FAILED, ("out of luck"), (nullptr));
  turn_until([this] { return !failures.empty(); }, "the failure");

  EXPECT_THAT(failures[0], HasSubstr("out of luck"));
  feed.reset();
  const std::string dot = drawing();
  EXPECT_THAT(dot, Not(HasSubstr("guest")));
  EXPECT_THAT(dot, HasSubstr("GstGopTee"));
}

} // namespace
} // namespace fanlight::session
