// The element that gives RTP packets their times where they come in order: alone, and in an rtpbin.
#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstharness.h>
#include <gst/rtp/rtp.h>
#include <gtest/gtest.h>

#include "mini_ref.h"

namespace fanlight {
namespace {

constexpr GstClockTime kFrame = 40 * GST_MSECOND;
constexpr guint32 kTicks = 3600;
constexpr guint32 kSource = 0x1234;
constexpr const char* kCaps =
    "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96";

GstBuffer* rtp_packet(guint16 number, guint32 timestamp, guint8 payload_type = 96) {
  GstBuffer* packet = gst_rtp_buffer_new_allocate(10, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(packet, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_ssrc(&rtp, kSource);
  gst_rtp_buffer_set_seq(&rtp, number);
  gst_rtp_buffer_set_timestamp(&rtp, timestamp);
  gst_rtp_buffer_set_payload_type(&rtp, payload_type);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

GstBuffer* sender_report(guint32 source, GstClockTime ntp, guint32 timestamp) {
  GstBuffer* report = gst_rtcp_buffer_new(1400);
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  gst_rtcp_buffer_map(report, GST_MAP_READWRITE, &rtcp);
  gst_rtcp_buffer_add_packet(&rtcp, GST_RTCP_TYPE_SR, &packet);
  gst_rtcp_packet_sr_set_sender_info(
      &packet, source, gst_util_uint64_scale(ntp, guint64{1} << 32, GST_SECOND), timestamp, 1, 1);
  gst_rtcp_buffer_add_packet(&rtcp, GST_RTCP_TYPE_SDES, &packet);
  gst_rtcp_packet_sdes_add_item(&packet, source);
  gst_rtcp_packet_sdes_add_entry(&packet, GST_RTCP_SDES_CNAME, 6,
                                 reinterpret_cast<const guint8*>("camera"));
  gst_rtcp_buffer_unmap(&rtcp);
  return report;
}

class RtpStamperTest : public testing::Test {
 protected:
  void SetUp() override {
    GstElement* element = gst_element_factory_make("rtpstamper", nullptr);
    ASSERT_NE(element, nullptr) << "is GST_PLUGIN_PATH set to the build's plugins folder?";
    h_ = gst_harness_new_with_element(element, "sink", "src");
    gst_object_unref(element);
    gst_harness_use_testclock(h_);
    gst_element_set_base_time(h_->element, 0);
  }
  void TearDown() override {
    if (h_) gst_harness_teardown(h_);
  }

  void begin(const char* caps = kCaps) { gst_harness_set_src_caps_str(h_, caps); }
  /// A packet that comes `at`.
  void come(guint16 number, guint32 timestamp, GstClockTime at, guint8 payload_type = 96) {
    gst_harness_set_time(h_, at);
    ASSERT_EQ(gst_harness_push(h_, rtp_packet(number, timestamp, payload_type)), GST_FLOW_OK);
  }
  struct Sent {
    GstClockTime pts;
    bool discont;
  };
  /// What went on meanwhile.
  std::vector<Sent> sent() {
    std::vector<Sent> all;
    while (GstBuffer* buffer = gst_harness_try_pull(h_)) {
      all.push_back(
          {GST_BUFFER_PTS(buffer), GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT) != 0});
      EXPECT_FALSE(GST_BUFFER_DTS_IS_VALID(buffer));
      gst_buffer_unref(buffer);
    }
    return all;
  }
  guint64 stat(const char* name) {
    GstStructure* stats = nullptr;
    g_object_get(h_->element, "stats", &stats, nullptr);
    guint64 value = 0;
    EXPECT_TRUE(gst_structure_get_uint64(stats, name, &value)) << name;
    gst_structure_free(stats);
    return value;
  }

  GstHarness* h_ = nullptr;
};

TEST_F(RtpStamperTest, StampsPacketsInTheThreadThatBringsThem) {
  begin();
  std::thread::id thread;
  gst_pad_add_probe(
      h_->sinkpad, GST_PAD_PROBE_TYPE_BUFFER,
      +[](GstPad*, GstPadProbeInfo*, gpointer data) {
        *static_cast<std::thread::id*>(data) = std::this_thread::get_id();
        return GST_PAD_PROBE_OK;
      },
      &thread, nullptr);
  come(1, 1000, GST_SECOND);
  come(2, 1000, GST_SECOND + 5 * GST_MSECOND);
  come(3, 1000 + kTicks, GST_SECOND + kFrame);

  const auto packets = sent();
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[0].pts, GST_SECOND);
  EXPECT_EQ(packets[1].pts, GST_SECOND) << "of the same picture";
  EXPECT_EQ(packets[2].pts, GST_SECOND + kFrame);
  EXPECT_EQ(thread, std::this_thread::get_id());
  EXPECT_EQ(stat("num-pushed"), 3U);
}

TEST_F(RtpStamperTest, TakesTheTimeThatAPacketBringsForItsArrival) {
  begin();
  gst_harness_set_time(h_, 1 * GST_SECOND);
  GstBuffer* packet = rtp_packet(1, 1000);
  GST_BUFFER_PTS(packet) = 2 * GST_SECOND;
  gst_harness_push(h_, packet);
  EXPECT_EQ(sent().at(0).pts, 2 * GST_SECOND);
}

TEST_F(RtpStamperTest, BelievesNoTimeThatIsOver) {
  begin();
  gst_harness_set_time(h_, 5 * GST_SECOND);
  GstBuffer* packet = rtp_packet(1, 1000); // As rtspsrc stamps the first one of each stream.
  GST_BUFFER_PTS(packet) = 2 * GST_SECOND;
  gst_harness_push(h_, packet);
  come(2, 1000 + kTicks, 5 * GST_SECOND + kFrame);

  const auto packets = sent();

  EXPECT_EQ(packets.at(0).pts, 5 * GST_SECOND);
  EXPECT_EQ(packets.at(1).pts, 5 * GST_SECOND + kFrame);
}

TEST_F(RtpStamperTest, StampsInTheTimeOfTheSegment) {
  begin();
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 10 * GST_SECOND;
  gst_harness_push_event(h_, gst_event_new_segment(&segment));
  come(1, 1000, GST_SECOND);
  EXPECT_EQ(sent().at(0).pts, 11 * GST_SECOND);
}

TEST_F(RtpStamperTest, MarksWhatComesAfterLostPackets) {
  begin();
  come(1, 1000, GST_SECOND);
  come(20, 1000 + kTicks, GST_SECOND + kFrame);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_TRUE(packets[1].discont);
  EXPECT_EQ(stat("num-lost"), 18U);
}

TEST_F(RtpStamperTest, AsksForTheClockOfAPayloadTypeThatTheCapsAreNotOf) {
  begin();
  guint asked = 0;
  g_signal_connect(h_->element, "request-pt-map",
                   G_CALLBACK(+[](GstElement*, guint type, guint* number) -> GstCaps* {
                     ++*number;
                     return type == 97 ? gst_caps_from_string("application/x-rtp,clock-rate=8000")
                                       : nullptr;
                   }),
                   &asked);
  come(1, 0, GST_SECOND, 97);
  come(2, 320, GST_SECOND + kFrame, 97);
  come(3, 0, GST_SECOND + kFrame, 98);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 2U) << "98 is of no known clock";
  EXPECT_EQ(packets[1].pts - packets[0].pts, kFrame);
  EXPECT_EQ(asked, 2U);
}

TEST_F(RtpStamperTest, AddsTheOffsetFromTheNextPictureOn) {
  begin();
  come(1, 1000, GST_SECOND);
  g_object_set(h_->element, "ts-offset", gint64{GST_SECOND}, nullptr);
  come(2, 1000, GST_SECOND);
  come(3, 1000 + kTicks, GST_SECOND + kFrame);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_EQ(packets[1].pts, GST_SECOND);
  EXPECT_EQ(packets[2].pts, 2 * GST_SECOND + kFrame);
}

TEST_F(RtpStamperTest, BeginsAnewAfterAFlush) {
  begin();
  come(1, 1000, GST_SECOND);
  gst_harness_push_event(h_, gst_event_new_flush_start());
  gst_harness_push_event(h_, gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(h_, gst_event_new_segment(&segment));
  sent();
  come(500, 77, 9 * GST_SECOND);
  const auto packets = sent();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].pts, 9 * GST_SECOND);
  EXPECT_FALSE(packets[0].discont);
}

TEST_F(RtpStamperTest, AddsNothingToTheLatency) {
  begin();
  gst_harness_set_upstream_latency(h_, 7 * GST_MSECOND);
  g_object_set(h_->element, "latency", 500U, nullptr);
  EXPECT_EQ(gst_harness_query_latency(h_), 7 * GST_MSECOND);
}

TEST_F(RtpStamperTest, DropsWhatIsTooShortForAPacket) {
  begin();
  gst_harness_push(h_, gst_buffer_new_allocate(nullptr, 11, nullptr));
  EXPECT_TRUE(sent().empty());
}

TEST_F(RtpStamperTest, PassesTheEndOn) {
  begin();
  EXPECT_TRUE(gst_harness_push_event(h_, gst_event_new_eos()));
  bool ended = false;
  while (GstEvent* event = gst_harness_try_pull_event(h_)) {
    ended = ended || GST_EVENT_TYPE(event) == GST_EVENT_EOS;
    gst_event_unref(event);
  }
  EXPECT_TRUE(ended);
}

// ---- Sender reports ----

class RtpStamperReportTest : public RtpStamperTest {
 protected:
  void SetUp() override {
    RtpStamperTest::SetUp();
    rtcp_ = gst_element_request_pad_simple(h_->element, "sink_rtcp");
    ASSERT_NE(rtcp_, nullptr);
    g_signal_connect(h_->element, "handle-sync",
                     G_CALLBACK(+[](GstElement*, GstStructure* sync, GstStructure** copy) {
                       gst_clear_structure(copy);
                       *copy = gst_structure_copy(sync);
                     }),
                     &sync_);
    gst_pad_send_event(rtcp_, gst_event_new_stream_start("rtcp"));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_send_event(rtcp_, gst_event_new_segment(&segment));
  }
  void TearDown() override {
    gst_clear_structure(&sync_);
    gst_element_release_request_pad(h_->element, rtcp_);
    gst_object_unref(rtcp_);
    RtpStamperTest::TearDown();
  }
  void report(guint32 timestamp) {
    EXPECT_EQ(gst_pad_chain(rtcp_, sender_report(kSource, 1000 * GST_SECOND, timestamp)),
              GST_FLOW_OK);
  }
  guint64 field(const char* name) {
    guint64 value = 0;
    EXPECT_TRUE(gst_structure_get_uint64(sync_, name, &value)) << name;
    return value;
  }

  GstPad* rtcp_ = nullptr;
  GstStructure* sync_ = nullptr;
};

TEST_F(RtpStamperReportTest, SaysHowTheClocksAreRelatedWithEachReport) {
  begin();
  come(1, 1000, GST_SECOND);
  report(1000 + 90);
  ASSERT_NE(sync_, nullptr);
  EXPECT_EQ(field("base-time"), guint64{GST_SECOND});
  EXPECT_EQ(field("sr-ext-rtptime") - field("base-rtptime"), 90U);
  EXPECT_TRUE(gst_structure_has_field_typed(sync_, "sr-buffer", GST_TYPE_BUFFER));
}

TEST_F(RtpStamperReportTest, KeepsAReportUntilThereIsAPacket) {
  begin();
  report(1000);
  EXPECT_EQ(sync_, nullptr);
  come(1, 1000, GST_SECOND);
  EXPECT_NE(sync_, nullptr);
}

TEST_F(RtpStamperReportTest, SaysNothingOfAReportOfAnotherClock) {
  begin();
  come(1, 1000, GST_SECOND);
  report(1000 + 90000 * 5);
  report(1000 - 90000 * 5);
  EXPECT_EQ(sync_, nullptr);
}

TEST_F(RtpStamperReportTest, BearsAnythingForAReport) {
  begin();
  come(1, 1000, GST_SECOND);
  GstBuffer* rubbish = gst_buffer_new_allocate(nullptr, 40, nullptr);
  gst_buffer_memset(rubbish, 0, 0xff, 40);
  EXPECT_EQ(gst_pad_chain(rtcp_, rubbish), GST_FLOW_OK);
  EXPECT_EQ(gst_pad_chain(rtcp_, gst_buffer_new()), GST_FLOW_OK);
  EXPECT_EQ(sync_, nullptr);
}

// ---- In an rtpbin ----

TEST(RtpStamperInRtpbinTest, IsTakenForAJitterBufferAndKeepsTwoStreamsTogether) {
  GstElement* pipeline = gst_pipeline_new(nullptr);
  GstElement* bin = gst_element_factory_make("rtpbin", nullptr);
  ASSERT_NE(bin, nullptr);
  gst_bin_add(GST_BIN(pipeline), bin);
  std::vector<GstElement*> stampers;
  g_signal_connect(bin, "request-jitterbuffer",
                   G_CALLBACK(+[](GstElement*, guint, std::vector<GstElement*>* all) {
                     GstElement* element = gst_element_factory_make("rtpstamper", nullptr);
                     all->push_back(GST_ELEMENT(gst_object_ref(element)));
                     return element;
                   }),
                   &stampers);
  g_signal_connect(bin, "request-pt-map", G_CALLBACK(+[](GstElement*, guint, guint, gpointer) {
                     return gst_caps_from_string(kCaps);
                   }),
                   nullptr);
  std::vector<GstPad*> rtp;
  std::vector<GstPad*> rtcp;
  for (const char* session : {"0", "1"}) {
    rtp.push_back(
        gst_element_request_pad_simple(bin, (std::string{"recv_rtp_sink_"} + session).c_str()));
    rtcp.push_back(
        gst_element_request_pad_simple(bin, (std::string{"recv_rtcp_sink_"} + session).c_str()));
  }
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  const auto start = [&](GstPad* pad, const char* caps) {
    gst_pad_send_event(pad, gst_event_new_stream_start(GST_PAD_NAME(pad)));
    GstCaps* wanted = gst_caps_from_string(caps);
    gst_pad_send_event(pad, gst_event_new_caps(wanted));
    gst_caps_unref(wanted);
    gst_pad_send_event(pad, gst_event_new_segment(&segment));
  };
  for (GstPad* pad : rtp) start(pad, kCaps);
  for (GstPad* pad : rtcp) start(pad, "application/x-rtcp");

  // Two packets come at the same time; by the reports the second is of a moment 300 ms later.
  for (std::size_t i = 0; i < 2; ++i) {
    for (guint16 number = 1; number <= 3; ++number) { // The session wants to see some.
      GstBuffer* packet = rtp_packet(number, 90000 + number * kTicks);
      GST_BUFFER_PTS(packet) = GST_SECOND + number * kFrame;
      gst_pad_chain(rtp[i], packet);
    }
    gst_pad_chain(rtcp[i], sender_report(kSource, 1000 * GST_SECOND + i * 300 * GST_MSECOND,
                                         90000 + 3 * kTicks));
  }

  ASSERT_EQ(stampers.size(), 2U);
  gint64 offsets[2] = {};
  for (std::size_t i = 0; i < 2; ++i) g_object_get(stampers[i], "ts-offset", &offsets[i], nullptr);
  EXPECT_NEAR(static_cast<double>(offsets[1] - offsets[0]), 300.0 * GST_MSECOND,
              double{GST_MSECOND});
  gst_element_set_state(pipeline, GST_STATE_NULL);
  for (GstElement* stamper : stampers) gst_object_unref(stamper);
  for (GstPad* pad : rtp) gst_object_unref(pad);
  for (GstPad* pad : rtcp) gst_object_unref(pad);
  gst_object_unref(pipeline);
}

} // namespace
} // namespace fanlight
