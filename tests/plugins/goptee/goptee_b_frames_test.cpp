// Streams of real encoders with B-frames, for viewers that show pictures in the order they come.
#include "tee_fixture.h"

#include <algorithm>
#include <ostream>

#include "encoded.h"

namespace fanlight::test {
namespace {

struct Encoder {
  const char* name;
  const char* line; ///< From raw video to access units.
  const char* decoder;
  bool reorders;
};

std::ostream& operator<<(std::ostream& out, const Encoder& encoder) { return out << encoder.name; }

class BFramesTest : public TeeTest, public testing::WithParamInterface<Encoder> {
 protected:
  static constexpr int kFrames = 60;

  void SetUp() override {
    TeeTest::SetUp();
    g_object_set(tee_, "max-queue-time", guint64{0}, nullptr); // They come all at once.
  }
  /// All of the encoder's access units, once through the tee.
  void play() {
    ASSERT_NO_FATAL_FAILURE(encoded_.encode(GetParam().line, kFrames));
    begin(encoded_.format().c_str());
    for (const BufferRef& frame : encoded_.frames) {
      note(frame.get());
      gst_harness_push(source_, BufferRef(frame).release());
    }
  }
  /// By their timestamps, which encoders set right.
  void note(GstBuffer* frame) {
    const GstClockTime pts = GST_BUFFER_PTS(frame);
    if (pts < highest_)
      ++reordered_;
    else
      highest_ = pts;
  }
  bool has_b_frames() const {
    GstStructure* stats = nullptr;
    g_object_get(tee_, "stats", &stats, nullptr);
    gboolean found = FALSE;
    gst_structure_get_boolean(stats, "b-frames", &found);
    gst_structure_free(stats);
    return found;
  }

  Encoded encoded_;
  GstClockTime highest_ = 0;
  int reordered_ = 0;
};

TEST_P(BFramesTest, AreFoundWhereTheyAre) {
  const auto viewer = join();
  ASSERT_NO_FATAL_FAILURE(play());
  EXPECT_EQ(reordered_ > 0, GetParam().reorders) << "the encoder does not do what the test wants";
  EXPECT_EQ(has_b_frames(), GetParam().reorders);
  EXPECT_EQ(stat("dropped-b-frames"), 0U) << "nobody asked for it";
  EXPECT_EQ(viewer->next(kFrames).size(), static_cast<std::size_t>(kFrames));
}

TEST_P(BFramesTest, AreLeftOutAndTheRestDecodesInTheOrderItCame) {
  g_object_set(tee_, "drop-b-frames", TRUE, nullptr);
  const auto viewer = join();
  ASSERT_NO_FATAL_FAILURE(play());
  ASSERT_EQ(stat("dropped-b-frames"), static_cast<guint64>(reordered_));

  const auto left = static_cast<std::size_t>(kFrames - reordered_);
  std::vector<Received> frames = viewer->next(left);
  EXPECT_TRUE(strictly_increasing(frames));
  GstHarness* decoder = gst_harness_new_parse(GetParam().decoder);
  gst_harness_set_src_caps(decoder, gst_caps_ref(encoded_.caps));
  for (Received& frame : frames) gst_harness_push(decoder, frame.buffer.release());
  gst_harness_push_event(decoder, gst_event_new_eos());
  std::vector<GstClockTime> pictures;
  while (GstBuffer* picture = gst_harness_try_pull(decoder)) {
    pictures.push_back(GST_BUFFER_PTS(picture));
    gst_buffer_unref(picture);
  }
  gst_harness_teardown(decoder);
  EXPECT_EQ(pictures.size(), left);
  EXPECT_TRUE(std::is_sorted(pictures.begin(), pictures.end()));
}

TEST_P(BFramesTest, LeaveTheCacheAnAnswerToARequestForAKeyFrameWhenTheyAreLeftOut) {
  g_object_set(tee_, "drop-b-frames", TRUE, nullptr);
  set("key-unit-interval", 0);
  const auto viewer = join();
  ASSERT_NO_FATAL_FAILURE(play());
  std::vector<Received> frames = viewer->next(static_cast<std::size_t>(kFrames - reordered_));
  viewer->ask_for_key_frame();
  frames.push_back(viewer->next());
  EXPECT_TRUE(frames.back().key);
  EXPECT_TRUE(strictly_increasing(frames));
}

INSTANTIATE_TEST_SUITE_P(
    Encoders, BFramesTest,
    testing::Values(
        Encoder{"H264InOrder",
                "x264enc tune=zerolatency key-int-max=20 ! h264parse ! "
                "video/x-h264,stream-format=byte-stream,alignment=au",
                "avdec_h264", false},
        Encoder{"H264",
                "x264enc bframes=2 b-adapt=false b-pyramid=false key-int-max=20 ! h264parse"
                " ! video/x-h264,stream-format=byte-stream,alignment=au",
                "avdec_h264", true},
        Encoder{"H264Pyramid",
                "x264enc bframes=3 b-adapt=false b-pyramid=true key-int-max=20 ! h264parse ! "
                "video/x-h264,stream-format=byte-stream,alignment=au",
                "avdec_h264", true},
        Encoder{"H265InOrder",
                "x265enc tune=zerolatency key-int-max=20 ! h265parse ! "
                "video/x-h265,stream-format=byte-stream,alignment=au",
                "avdec_h265", false},
        Encoder{"H265Pyramid",
                "x265enc speed-preset=ultrafast option-string=bframes=3:b-adapt=0:keyint=20 ! "
                "h265parse ! video/x-h265,stream-format=byte-stream,alignment=au",
                "avdec_h265", true}),
    [](const testing::TestParamInfo<Encoder>& encoder) { return std::string{encoder.param.name}; });

} // namespace
} // namespace fanlight::test
