// One connection to a camera: what it links, and until when.
#include "media/rtsp/connection.h"

#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/pipeline.h"
#include "gst/teardown.h"
#include "support/hang_limit.h"

namespace fanlight::media {
namespace {

/// A connection to a place where nobody listens, in a pipeline with a tee.
struct RtspConnectionTest : testing::Test {
  void SetUp() override {
    load_own_elements();
    camera.codecs = {config::VideoCodec::h264};
    stream.url = "rtsp://127.0.0.1:9/";
    tee = *make_element("goptee");
    ASSERT_TRUE(pipeline.add(tee.get()));
    sink = Ref<GstPad>::adopt(gst_element_get_static_pad(tee.get(), "sink"));
    source = std::move(*RtspConnection::create(
        camera, stream, {.video = {{Codec::h264, sink}}, .audio = {}}, {}, {}));
    bin = Ref<GstElement>::share(source->bin());
    ASSERT_TRUE(gst_bin_add(pipeline.bin(), bin.get()));
  }
  void TearDown() override {
    source.reset();
    pipeline.remove(bin.get(), "the connection");
    bin = {};
    EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  }
  /// What rtspsrc does on its thread when the camera sends pictures.
  void find_pictures() {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(
        "application/x-rtp, media=video, clock-rate=90000, encoding-name=H264, payload=96"));
    const auto pad_template = Ref<GstPadTemplate>::retain(
        gst_pad_template_new("stream", GST_PAD_SRC, GST_PAD_ALWAYS, caps.get()));
    found = Ref<GstPad>::retain(gst_pad_new_from_template(pad_template.get(), "stream"));
    const auto rtspsrc = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin.get()), "rtspsrc"));
    g_signal_emit_by_name(rtspsrc.get(), "pad-added", found.get());
  }

  config::Camera camera;
  config::Stream stream;
  Pipeline pipeline{"test", [](GstMessage*) {}};
  Ref<GstElement> tee;
  Ref<GstPad> sink;
  Ref<GstElement> bin;
  Ref<GstPad> found;
  std::unique_ptr<RtspConnection> source;
};

TEST_F(RtspConnectionTest, LinksThePicturesItFindsToTheirTee) {
  find_pictures();

  EXPECT_TRUE(gst_pad_is_linked(sink.get()));
}

TEST_F(RtspConnectionTest, LinksNothingMoreOnceItWasGivenUp) {
  source.reset();

  find_pictures();

  EXPECT_FALSE(gst_pad_is_linked(sink.get()));
}

TEST_F(RtspConnectionTest, KeepsNoEndOfStreamOfACameraThatWentBeforeItPlayed) {
  const auto rtspsrc = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin.get()), "rtspsrc"));
  auto udpsrc = Ref<GstElement>::retain(gst_element_factory_make("udpsrc", nullptr));
  g_object_set(udpsrc.get(), "address", "127.0.0.1", "port", 0, nullptr);
  gst_bin_add(GST_BIN(rtspsrc.get()), udpsrc.get());
  ASSERT_EQ(gst_element_set_state(udpsrc.get(), GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  GstEvent* const end = gst_event_new_eos();
  bool freed = false;
  gst_mini_object_weak_ref(
      GST_MINI_OBJECT_CAST(end),
      +[](gpointer data, GstMiniObject*) { *static_cast<bool*>(data) = true; }, &freed);
  ASSERT_TRUE(gst_element_send_event(udpsrc.get(), end));

  // As rtspsrc does when it closes.
  gst_element_set_state(udpsrc.get(), GST_STATE_NULL);
  gst_bin_remove(GST_BIN(rtspsrc.get()), udpsrc.get());
  udpsrc = {};

  EXPECT_TRUE(freed);
}

} // namespace
} // namespace fanlight::media
