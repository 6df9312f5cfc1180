// RTP of real encoders, with the marker bits of odd cameras, and what a decoder makes of it.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gst/check/gstharness.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "mini_ref.h"
#include "support/hang_limit.h"

namespace fanlight {
namespace {

using testing::HasSubstr;

constexpr int kPictures = 30;
constexpr int kGroup = 10;

/// The packets of kPictures pictures, and their caps.
struct Packets {
  explicit Packets(const std::string& encoder) {
    const std::string line = "videotestsrc pattern=ball num-buffers=" + std::to_string(kPictures) +
                             " ! video/x-raw,format=I420,width=320,height=192,framerate=25/1 ! " +
                             encoder + " ! appsink name=sink sync=false";
    GError* error = nullptr;
    GstElement* const pipeline = gst_parse_launch(line.c_str(), &error);
    EXPECT_EQ(error, nullptr) << error->message;
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstElement* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    while (GstSample* sample = gst_app_sink_try_pull_sample(
               GST_APP_SINK(sink), test::kHangLimit.count() * GST_SECOND)) {
      if (caps.empty()) {
        gchar* const text = gst_caps_to_string(gst_sample_get_caps(sample));
        caps = text;
        g_free(text);
      }
      all.push_back(BufferRef::retain(gst_sample_get_buffer(sample)));
      gst_sample_unref(sample);
    }
    gst_object_unref(sink);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
  }
  std::string caps;
  std::vector<BufferRef> all;
};

struct Encoding {
  const char* name;
  const char* encoder;
  const char* decoder;
};
constexpr Encoding kH264{"H264",
                         "x264enc tune=zerolatency threads=4 sliced-threads=true key-int-max=10 "
                         "option-string=scenecut=0 ! video/x-h264,profile=main ! rtph264pay "
                         "config-interval=-1 mtu=500",
                         "avdec_h264"};
constexpr Encoding kH265{"H265",
                         "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 "
                         "option-string=slices=3:frame-threads=1:scenecut=0:repeat-headers=1 ! "
                         "video/x-h265,profile=main ! rtph265pay config-interval=-1 mtu=500",
                         "avdec_h265"};

class DepayTest : public testing::TestWithParam<Encoding> {
 protected:
  void SetUp() override { open("rtph26xdepay"); }
  void TearDown() override {
    if (h_) gst_harness_teardown(h_);
  }
  void open(const std::string& line) {
    if (h_) gst_harness_teardown(h_);
    h_ = gst_harness_new_parse(line.c_str());
    ASSERT_NE(h_, nullptr);
  }
  void begin(const std::string& caps) { gst_harness_set_src_caps_str(h_, caps.c_str()); }
  /// The packet with the marker that `marks` says.
  void send(const BufferRef& packet, const std::function<bool(bool)>& marks) {
    GstBuffer* const copy = gst_buffer_copy_deep(packet.get());
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(copy, GST_MAP_READWRITE, &rtp);
    gst_rtp_buffer_set_marker(&rtp, marks(gst_rtp_buffer_get_marker(&rtp)));
    gst_rtp_buffer_unmap(&rtp);
    EXPECT_EQ(gst_harness_push(h_, copy), GST_FLOW_OK);
  }
  void send_all(const Packets& packets, const std::function<bool(bool)>& marks) {
    begin(packets.caps);
    for (const BufferRef& packet : packets.all) send(packet, marks);
    gst_harness_push_event(h_, gst_event_new_eos());
  }
  std::vector<BufferRef> received() {
    std::vector<BufferRef> all;
    while (GstBuffer* buffer = gst_harness_try_pull(h_)) all.push_back(BufferRef::adopt(buffer));
    return all;
  }
  std::string output_caps() {
    GstCaps* const caps = gst_pad_get_current_caps(h_->sinkpad);
    if (caps == nullptr) return {};
    gchar* const text = gst_caps_to_string(caps);
    std::string result = text;
    g_free(text);
    gst_caps_unref(caps);
    return result;
  }
  GstHarness* h_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Codecs, DepayTest, testing::Values(kH264, kH265),
                         [](const auto& instance) { return std::string{instance.param.name}; });

bool on_every(bool) { return true; }
bool on_none(bool) { return false; }
bool as_sent(bool marker) { return marker; }

TEST_P(DepayTest, EveryPictureIsDecodedWhateverTheMarkerSays) {
  const Packets packets{GetParam().encoder};
  for (const auto& marks : {on_every, on_none, as_sent}) {
    open("rtph26xdepay ! " + std::string{GetParam().decoder} +
         " max-threads=1 output-corrupt=false");

    send_all(packets, marks);

    EXPECT_EQ(received().size(), std::size_t{kPictures});
  }
}

TEST_P(DepayTest, OneBufferIsOnePictureAndKeyFramesAreMarked) {
  send_all(Packets{GetParam().encoder}, on_every);

  const auto units = received();
  ASSERT_EQ(units.size(), std::size_t{kPictures});
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool delta = GST_BUFFER_FLAG_IS_SET(units[i].get(), GST_BUFFER_FLAG_DELTA_UNIT);
    EXPECT_EQ(delta, i % kGroup != 0) << i;
    if (i == 0) continue;
    EXPECT_GT(GST_BUFFER_PTS(units[i].get()), GST_BUFFER_PTS(units[i - 1].get()));
  }
}

TEST_P(DepayTest, SaysInItsCapsWhatTheSpsSays) {
  send_all(Packets{GetParam().encoder}, as_sent);

  EXPECT_THAT(output_caps(), HasSubstr("width=(int)320, height=(int)192"));
  EXPECT_THAT(output_caps(), HasSubstr("profile=(string)main"));
  EXPECT_THAT(output_caps(), HasSubstr("level=(string)"));
}

TEST_P(DepayTest, SendsNothingBeforeAKeyFrameAndAsksForOne) {
  Packets packets{GetParam().encoder};
  // From the second picture of a group on.
  const GstClockTime first = GST_BUFFER_PTS(packets.all.front().get());
  std::erase_if(packets.all,
                [first](const auto& packet) { return GST_BUFFER_PTS(packet.get()) == first; });
  GstStructure* const fields = gst_structure_from_string(packets.caps.c_str(), nullptr);
  for (const char* name : {"sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"})
    gst_structure_remove_field(fields, name);
  gchar* const text = gst_structure_to_string(fields);
  packets.caps = text;
  g_free(text);
  gst_structure_free(fields);

  send_all(packets, as_sent);

  const auto units = received();
  ASSERT_EQ(units.size(), std::size_t{kPictures - kGroup});
  EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(units[0].get(), GST_BUFFER_FLAG_DELTA_UNIT));
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(units[0].get(), GST_BUFFER_FLAG_DISCONT));
  int requests = 0;
  while (GstEvent* event = gst_harness_try_pull_upstream_event(h_)) {
    requests += gst_video_event_is_force_key_unit(event) ? 1 : 0;
    gst_event_unref(event);
  }
  EXPECT_EQ(requests, 1) << "not one for each picture";
}

TEST_P(DepayTest, CountsPictures) {
  send_all(Packets{GetParam().encoder}, on_every);

  GstStructure* stats = nullptr;
  GstElement* const element = gst_harness_find_element(h_, "rtph26xdepay");
  g_object_get(element, "stats", &stats, nullptr);
  gst_object_unref(element);
  guint64 pictures = 0;
  guint64 key_pictures = 0;
  gboolean waiting = TRUE;
  gst_structure_get_uint64(stats, "pictures", &pictures);
  gst_structure_get_uint64(stats, "key-pictures", &key_pictures);
  gst_structure_get_boolean(stats, "waiting", &waiting);
  EXPECT_EQ(pictures, guint64{kPictures});
  EXPECT_EQ(key_pictures, guint64{kPictures / kGroup});
  EXPECT_FALSE(waiting);
  EXPECT_STREQ(gst_structure_get_string(stats, "markers"), "wrong");
  gst_structure_free(stats);
}

TEST_P(DepayTest, WarnsOfPacketsThatItCannotRead) {
  GstBus* const bus = gst_bus_new();
  GstElement* const element = gst_harness_find_element(h_, "rtph26xdepay");
  gst_element_set_bus(element, bus);
  gst_object_unref(element);
  Packets packets{GetParam().encoder};
  // Types that mean something only if the SDP says so: an MTAP16, a PACI.
  const bool h264 = std::string_view{GetParam().name} == "H264";
  const guint8 head = h264 ? 26 : 50 << 1;
  for (const std::size_t at : {std::size_t{1}, std::size_t{2}}) {
    GstBuffer* const odd = gst_buffer_copy_deep(packets.all[at].get());
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(odd, GST_MAP_READWRITE, &rtp);
    static_cast<guint8*>(gst_rtp_buffer_get_payload(&rtp))[0] = head;
    gst_rtp_buffer_unmap(&rtp);
    packets.all[at] = BufferRef::adopt(odd);
  }

  send_all(packets, as_sent);

  GstMessage* const warning = gst_bus_pop_filtered(bus, GST_MESSAGE_WARNING);
  ASSERT_NE(warning, nullptr);
  GError* error = nullptr;
  gst_message_parse_warning(warning, &error, nullptr);
  EXPECT_THAT(error->message, HasSubstr(std::string{"1 until now, the last with NAL unit type "} +
                                        (h264 ? "26" : "50")));
  g_error_free(error);
  gst_message_unref(warning);
  EXPECT_EQ(gst_bus_pop_filtered(bus, GST_MESSAGE_WARNING), nullptr) << "not one for each packet";
  EXPECT_FALSE(received().empty());
  gst_object_unref(bus);
}

TEST_P(DepayTest, TakesNoOtherCodec) {
  begin("application/x-rtp,media=video,clock-rate=90000,encoding-name=JPEG,payload=26");
  GstBuffer* const packet = gst_rtp_buffer_new_allocate(10, 0, 0);

  EXPECT_EQ(gst_harness_push(h_, packet), GST_FLOW_NOT_NEGOTIATED);
}

} // namespace
} // namespace fanlight
