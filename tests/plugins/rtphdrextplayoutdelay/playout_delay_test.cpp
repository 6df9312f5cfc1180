// The playout delay header extension, as receivers find it in RTP packets.
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gst/check/gstharness.h>
#include <gst/rtp/rtp.h>
#include <gtest/gtest.h>

namespace {

constexpr char kUri[] = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

struct Delay {
  unsigned min_ms;
  unsigned max_ms;
  bool operator==(const Delay&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Delay& delay) {
  return out << delay.min_ms << " to " << delay.max_ms << " ms";
}

/// Reads the extension as the draft lays it out, with nothing of our own code.
std::optional<Delay> delay_in(GstBuffer* packet, guint8 id, bool two_byte) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return std::nullopt;
  gpointer data = nullptr;
  guint size = 0;
  guint8 app_bits = 0;
  const gboolean found =
      two_byte ? gst_rtp_buffer_get_extension_twobytes_header(&rtp, &app_bits, id, 0, &data, &size)
               : gst_rtp_buffer_get_extension_onebyte_header(&rtp, id, 0, &data, &size);
  std::optional<Delay> delay;
  if (found && size == 3) {
    const guint32 value = GST_READ_UINT24_BE(data);
    delay = Delay{(value >> 12) * 10, (value & 0xfff) * 10};
  }
  gst_rtp_buffer_unmap(&rtp);
  return delay;
}

class PlayoutDelayTest : public testing::Test {
 protected:
  void SetUp() override {
    GstElement* element = gst_element_factory_make("rtphdrextplayoutdelay", nullptr);
    ASSERT_NE(element, nullptr) << "is GST_PLUGIN_PATH set to the build's plugins folder?";
    extension_ = GST_RTP_HEADER_EXTENSION(gst_object_ref_sink(element));
  }
  void TearDown() override {
    gst_object_unref(extension_);
    if (h_) gst_harness_teardown(h_);
  }

  void make_payloader(const char* codec) {
    const std::string name = std::string("rtp") + codec + "pay";
    GstElement* payloader = gst_element_factory_make(name.c_str(), nullptr);
    h_ = gst_harness_new_with_element(payloader, "sink", "src");
    gst_object_unref(payloader);
    codec_ = codec;
  }
  /// Sends one key frame of several packets and returns them.
  std::vector<GstBuffer*> payload(gsize size = 4000) {
    const bool h264 = codec_ == "h264";
    const std::string caps = "video/x-" + codec_ + ",stream-format=byte-stream,alignment=au";
    gst_harness_set_src_caps_str(h_, caps.c_str());
    GstBuffer* frame = gst_buffer_new_allocate(nullptr, size, nullptr);
    gst_buffer_memset(frame, 0, 0xaa, size);
    const guint8 h264_idr[] = {0, 0, 0, 1, 0x65};
    const guint8 h265_idr[] = {0, 0, 0, 1, 0x26, 0x01};
    h264 ? gst_buffer_fill(frame, 0, h264_idr, sizeof h264_idr)
         : gst_buffer_fill(frame, 0, h265_idr, sizeof h265_idr);
    GST_BUFFER_PTS(frame) = GST_BUFFER_DTS(frame) = 0;
    EXPECT_EQ(gst_harness_push(h_, frame), GST_FLOW_OK);
    gst_harness_push_event(h_, gst_event_new_eos());
    std::vector<GstBuffer*> packets;
    while (GstBuffer* packet = gst_harness_try_pull(h_)) packets.push_back(packet);
    return packets;
  }
  void add(guint id) {
    gst_rtp_header_extension_set_id(extension_, id);
    g_signal_emit_by_name(h_->element, "add-extension", extension_);
  }
  /// Every packet must carry `expected`.
  void expect_in_all(const std::vector<GstBuffer*>& packets, guint8 id, bool two_byte,
                     Delay expected) {
    EXPECT_GT(packets.size(), 1U) << "the test wants a frame of several packets";
    for (GstBuffer* packet : packets) {
      EXPECT_EQ(delay_in(packet, id, two_byte), expected);
      gst_buffer_unref(packet);
    }
  }

  GstRTPHeaderExtension* extension_ = nullptr;
  GstHarness* h_ = nullptr;
  std::string codec_;
};

TEST_F(PlayoutDelayTest, IsInEveryPacketOfH264WithItsDefaults) {
  make_payloader("h264");
  add(5);

  expect_in_all(payload(), 5, false, {0, 100});
}

TEST_F(PlayoutDelayTest, IsInEveryPacketOfH265) {
  make_payloader("h265");
  add(7);

  expect_in_all(payload(), 7, false, {0, 100});
}

TEST_F(PlayoutDelayTest, CarriesItsPropertiesInStepsOfTenMilliseconds) {
  g_object_set(extension_, "min-delay", 30U, "max-delay", 509U, nullptr);
  make_payloader("h264");
  add(1);

  expect_in_all(payload(), 1, false, {30, 500});
}

TEST_F(PlayoutDelayTest, CarriesTheLargestDelay) {
  g_object_set(extension_, "min-delay", 40950U, "max-delay", 40950U, nullptr);
  make_payloader("h264");
  add(1);

  expect_in_all(payload(), 1, false, {40950, 40950});
}

TEST_F(PlayoutDelayTest, NeverSendsAMaximumBelowTheMinimum) {
  g_object_set(extension_, "min-delay", 200U, "max-delay", 100U, nullptr);
  make_payloader("h264");
  add(1);

  expect_in_all(payload(), 1, false, {200, 200});
}

TEST_F(PlayoutDelayTest, GoesIntoTheTwoByteFormWhereTheIdNeedsIt) {
  make_payloader("h264");
  add(20);

  expect_in_all(payload(), 20, true, {0, 100});
}

TEST_F(PlayoutDelayTest, IsMadeByAPayloaderWhoseCapsAskForIt) {
  make_payloader("h264");
  const std::string caps = std::string("application/x-rtp,extmap-3=(string)") + kUri;
  gst_harness_set_sink_caps_str(h_, caps.c_str());

  expect_in_all(payload(), 3, false, {0, 100});
}

TEST_F(PlayoutDelayTest, IsFoundByItsUri) {
  GstRTPHeaderExtension* found = gst_rtp_header_extension_create_from_uri(kUri);

  ASSERT_NE(found, nullptr);
  EXPECT_STREQ(G_OBJECT_TYPE_NAME(found), "GstRTPHdrExtPlayoutDelay");
  EXPECT_STREQ(gst_rtp_header_extension_get_uri(found), kUri);
  gst_object_unref(found);
}

TEST_F(PlayoutDelayTest, IsNamedInTheCapsOfThePayloader) {
  make_payloader("h264");
  add(5);
  for (GstBuffer* packet : payload()) gst_buffer_unref(packet);

  GstCaps* caps = gst_pad_get_current_caps(h_->sinkpad);

  EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(caps, 0), "extmap-5"), kUri);
  gst_caps_unref(caps);
}

TEST_F(PlayoutDelayTest, ReadsWhatItWrote) {
  gst_rtp_header_extension_set_id(extension_, 1);
  guint8 data[3] = {};
  GstBuffer* packet = gst_buffer_new();
  ASSERT_EQ(gst_rtp_header_extension_write(extension_, packet, GST_RTP_HEADER_EXTENSION_ONE_BYTE,
                                           packet, data, sizeof data),
            3);
  EXPECT_TRUE(gst_rtp_header_extension_read(extension_, GST_RTP_HEADER_EXTENSION_ONE_BYTE, data,
                                            sizeof data, packet));
  EXPECT_FALSE(
      gst_rtp_header_extension_read(extension_, GST_RTP_HEADER_EXTENSION_ONE_BYTE, data, 2, packet))
      << "too short";
  gst_buffer_unref(packet);
}

} // namespace
