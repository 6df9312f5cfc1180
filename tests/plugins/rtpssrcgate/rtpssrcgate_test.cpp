// The element that passes one source: its buffers, events and times.
#include <gst/check/gstharness.h>
#include <gst/rtp/rtp.h>
#include <gtest/gtest.h>

namespace fanlight {
namespace {

class RtpSsrcGateTest : public testing::Test {
 protected:
  void SetUp() override {
    GstElement* element = gst_element_factory_make("rtpssrcgate", nullptr);
    ASSERT_NE(element, nullptr) << "is GST_PLUGIN_PATH set to the build's plugins folder?";
    h_ = gst_harness_new_with_element(element, "rtp_sink", "rtp_src");
    gst_object_unref(element);
    gst_harness_set_src_caps_str(h_, "application/x-rtp,media=video,clock-rate=90000");
  }
  void TearDown() override {
    if (h_) gst_harness_teardown(h_);
  }
  void come(guint32 source, GstClockTime at = GST_CLOCK_TIME_NONE) {
    GstBuffer* packet = gst_rtp_buffer_new_allocate(10, 0, 0);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(packet, GST_MAP_WRITE, &rtp);
    gst_rtp_buffer_set_ssrc(&rtp, source);
    gst_rtp_buffer_unmap(&rtp);
    GST_BUFFER_PTS(packet) = at;
    ASSERT_EQ(gst_harness_push(h_, packet), GST_FLOW_OK);
  }
  GstHarness* h_ = nullptr;
};

TEST_F(RtpSsrcGateTest, PassesTheSourceThatGoesOnFromItsFirstPacket) {
  come(9);
  for (int i = 0; i < 4; ++i) come(1);

  EXPECT_EQ(gst_harness_buffers_received(h_), 4u);
  guint64 dropped = 0;
  g_object_get(h_->element, "dropped", &dropped, nullptr);
  EXPECT_EQ(dropped, 1u);
}

TEST_F(RtpSsrcGateTest, GivesTheTimeOfADroppedBeginningToTheFirstPacketThatGoesOn) {
  come(9, 7 * GST_SECOND);
  for (int i = 0; i < 3; ++i) come(1);

  GstBuffer* first = gst_harness_pull(h_);
  EXPECT_EQ(GST_BUFFER_PTS(first), 7 * GST_SECOND);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(first, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref(first);
  GstBuffer* second = gst_harness_pull(h_);
  EXPECT_FALSE(GST_BUFFER_PTS_IS_VALID(second));
  gst_buffer_unref(second);
}

TEST_F(RtpSsrcGateTest, LeavesWhatIsNoRtpToTheSession) {
  ASSERT_EQ(gst_harness_push(h_, gst_buffer_new_allocate(nullptr, 4, nullptr)), GST_FLOW_OK);

  EXPECT_EQ(gst_harness_buffers_received(h_), 1u);
}

TEST_F(RtpSsrcGateTest, ChoosesAgainAfterAStop) {
  for (int i = 0; i < 3; ++i) come(1);
  gst_element_set_state(h_->element, GST_STATE_READY);
  gst_element_set_state(h_->element, GST_STATE_PLAYING);
  gst_harness_set_src_caps_str(h_, "application/x-rtp,media=video,clock-rate=90000");

  for (int i = 0; i < 3; ++i) come(2);

  EXPECT_EQ(gst_harness_buffers_received(h_), 6u);
}

} // namespace
} // namespace fanlight
