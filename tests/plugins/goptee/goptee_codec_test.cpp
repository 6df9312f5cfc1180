// Real H.264 and H.265 through goptee: what a late viewer gets must decode without a flaw.
#include <ostream>

#include "encoded.h"
#include "tee_fixture.h"

namespace fanlight::test {
namespace {

struct Codec {
  const char* name;
  const char* encoder; ///< From raw video to access units.
  const char* decoder;
};

std::ostream& operator<<(std::ostream& out, const Codec& codec) { return out << codec.name; }

constexpr int kFrames = 48;
constexpr int kGroup = 20;
constexpr int kJoined = 33; // Within the second group.

class CodecTest : public TeeTest, public testing::WithParamInterface<Codec> {
 protected:
  static void encode(Encoded& encoded) {
    ASSERT_NO_FATAL_FAILURE(encoded.encode(GetParam().encoder, kFrames));
    for (int i = 0; i < kFrames; ++i)
      ASSERT_EQ(GST_BUFFER_FLAG_IS_SET(encoded.frames[static_cast<std::size_t>(i)].get(),
                                       GST_BUFFER_FLAG_DELTA_UNIT),
                i % kGroup != 0)
          << "the test wants key frames where it put them";
  }

  /// The times of the pictures that a decoder makes of the viewer's frames.
  static std::vector<GstClockTime> decode(Viewer& viewer, std::size_t frames, GstCaps* caps) {
    GstHarness* decoder = gst_harness_new_parse(GetParam().decoder);
    gst_harness_set_src_caps(decoder, gst_caps_ref(caps));
    for (std::size_t i = 0; i < frames; ++i) {
      Received frame = viewer.next();
      if (!frame.buffer) break;
      EXPECT_EQ(gst_harness_push(decoder, frame.buffer.release()), GST_FLOW_OK);
    }
    gst_harness_push_event(decoder, gst_event_new_eos());
    std::vector<GstClockTime> pictures;
    while (GstBuffer* picture = gst_harness_try_pull(decoder)) {
      EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(picture, GST_BUFFER_FLAG_CORRUPTED));
      pictures.push_back(GST_BUFFER_PTS(picture));
      gst_buffer_unref(picture);
    }
    gst_harness_teardown(decoder);
    return pictures;
  }
};

TEST_P(CodecTest, GivesALateViewerEveryPictureOfTheGroupInOrder) {
  Encoded encoded;
  ASSERT_NO_FATAL_FAILURE(encode(encoded));
  begin(encoded.format().c_str());
  g_object_set(tee_, "max-queue-time", guint64{0}, nullptr); // They come all at once.
  for (int i = 0; i < kJoined; ++i)
    gst_harness_push(source_, BufferRef(encoded.frames[static_cast<std::size_t>(i)]).release());

  const auto viewer = join();
  for (int i = kJoined; i < kFrames; ++i)
    gst_harness_push(source_, BufferRef(encoded.frames[static_cast<std::size_t>(i)]).release());
  const std::size_t sent = kFrames - kGroup;
  const std::vector<GstClockTime> pictures = decode(*viewer, sent, encoded.caps);

  ASSERT_EQ(pictures.size(), sent);
  for (std::size_t i = 1; i < pictures.size(); ++i)
    EXPECT_LT(pictures[i - 1], pictures[i]) << "picture " << i << " goes back in time";
  // Of the frames before the viewer came at most the reordering depth keeps its own time.
  const GstClockTime live_edge = GST_BUFFER_DTS_OR_PTS(encoded.frames[kJoined - 1].get());
  EXPECT_GE(pictures[0] + 20 * GST_MSECOND, live_edge) << "the viewer is not at the live edge";
}

/// Without B-frames: with them the cache does not answer.
class KeyUnitCodecTest : public CodecTest {};

TEST_P(KeyUnitCodecTest, DecodesWhenAKeyFrameIsAskedForInTheMiddle) {
  set("key-unit-interval", 0);
  Encoded encoded;
  ASSERT_NO_FATAL_FAILURE(encode(encoded));
  begin(encoded.format().c_str());
  const auto viewer = join();
  GstHarness* decoder = gst_harness_new_parse(GetParam().decoder);
  gst_harness_set_src_caps(decoder, gst_caps_ref(encoded.caps));
  std::size_t sent = 0;
  for (int i = 0; i < kFrames; ++i) {
    gst_harness_push(source_, BufferRef(encoded.frames[static_cast<std::size_t>(i)]).release());
    std::size_t expected = 1;
    if (i == kJoined) {
      gst_harness_push(decoder, viewer->next().buffer.release());
      ++sent;
      viewer->ask_for_key_frame();
      expected = kJoined - kGroup + 1;
    }
    for (Received& frame : viewer->next(expected)) {
      EXPECT_EQ(gst_harness_push(decoder, frame.buffer.release()), GST_FLOW_OK);
      ++sent;
    }
  }
  gst_harness_push_event(decoder, gst_event_new_eos());

  GstClockTime last = 0;
  std::size_t pictures = 0;
  while (GstBuffer* picture = gst_harness_try_pull(decoder)) {
    EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(picture, GST_BUFFER_FLAG_CORRUPTED));
    if (pictures++ > 0) {
      EXPECT_GT(GST_BUFFER_PTS(picture), last);
    }
    last = GST_BUFFER_PTS(picture);
    gst_buffer_unref(picture);
  }
  EXPECT_EQ(pictures, sent);
  gst_harness_teardown(decoder);
}

TEST_F(TeeTest, RunsInALaunchLine) {
  GError* error = nullptr;
  GstElement* pipeline = gst_parse_launch(
      "videotestsrc is-live=true num-buffers=20 ! x264enc tune=zerolatency key-int-max=10 ! "
      "h264parse ! goptee name=t max-gop-time=5000000000 t. ! fakesink name=a t. ! fakesink name=b",
      &error);
  ASSERT_EQ(error, nullptr) << error->message;
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* bus = gst_element_get_bus(pipeline);
  GstMessage* message = gst_bus_timed_pop_filtered(
      bus, kHangLimit.count() * GST_SECOND, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(GST_MESSAGE_TYPE(message), GST_MESSAGE_EOS);
  gst_message_unref(message);
  gst_object_unref(bus);

  GstElement* tee = gst_bin_get_by_name(GST_BIN(pipeline), "t");
  GstStructure* stats = nullptr;
  g_object_get(tee, "stats", &stats, nullptr);
  guint64 pushed = 0;
  gst_structure_get_uint64(stats, "pushed-buffers", &pushed);
  EXPECT_EQ(pushed, 40U);
  gst_structure_free(stats);
  gst_object_unref(tee);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
}

const Codec h264_byte_stream{
    "H264ByteStream",
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=20 option-string=scenecut=0 "
    "! video/x-h264,stream-format=byte-stream,alignment=au",
    "h264parse ! avdec_h264"};
const Codec h264_avc{
    "H264Avc",
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=20 option-string=scenecut=0 "
    "! h264parse ! video/x-h264,stream-format=avc,alignment=au",
    "h264parse ! avdec_h264"};
const Codec h264_with_b_frames{
    "H264WithBFrames",
    "x264enc bframes=2 b-adapt=false speed-preset=veryfast key-int-max=20 "
    "option-string=scenecut=0:open-gop=0 ! h264parse "
    "! video/x-h264,stream-format=byte-stream,alignment=au",
    "h264parse ! avdec_h264"};
const Codec h265_byte_stream{"H265ByteStream",
                             "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=20 "
                             "option-string=scenecut=0:open-gop=0 ! h265parse config-interval=-1 "
                             "! video/x-h265,stream-format=byte-stream,alignment=au",
                             "h265parse ! avdec_h265"};
const Codec h265_hvc1{"H265Hvc1",
                      "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=20 "
                      "option-string=scenecut=0:open-gop=0 ! h265parse "
                      "! video/x-h265,stream-format=hvc1,alignment=au",
                      "h265parse ! avdec_h265"};

std::string name_of(const testing::TestParamInfo<Codec>& codec) { return codec.param.name; }

INSTANTIATE_TEST_SUITE_P(All, CodecTest,
                         testing::Values(h264_byte_stream, h264_avc, h264_with_b_frames,
                                         h265_byte_stream, h265_hvc1),
                         name_of);
INSTANTIATE_TEST_SUITE_P(All, KeyUnitCodecTest,
                         testing::Values(h264_byte_stream, h264_avc, h265_byte_stream, h265_hvc1),
                         name_of);

} // namespace
} // namespace fanlight::test
