// RTP of a real encoder, and what a decoder makes of it.
#include <string>

#include <gmock/gmock.h>
#include <gst/gst.h>

#include "support/hang_limit.h"

namespace fanlight {
namespace {

/// What comes out of a pipeline: buffers, and the caps of the last one.
struct Sound {
  explicit Sound(const std::string& line) {
    GError* error = nullptr;
    GstElement* const pipeline = gst_parse_launch(
        (line + " ! fakesink name=sink sync=false signal-handoffs=true").c_str(), &error);
    EXPECT_EQ(error, nullptr) << error->message;
    GstElement* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    g_signal_connect(sink, "handoff",
                     G_CALLBACK(+[](GstElement*, GstBuffer* buffer, GstPad* pad, gpointer data) {
                       auto& self = *static_cast<Sound*>(data);
                       self.length += GST_BUFFER_DURATION(buffer);
                       GstCaps* const caps = gst_pad_get_current_caps(pad);
                       const GstStructure* const fields = gst_caps_get_structure(caps, 0);
                       gst_structure_get_int(fields, "rate", &self.rate);
                       gst_structure_get_int(fields, "channels", &self.channels);
                       gst_caps_unref(caps);
                     }),
                     this);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstBus* const bus = gst_element_get_bus(pipeline);
    GstMessage* const end = gst_bus_timed_pop_filtered(
        bus, test::kHangLimit.count() * GST_SECOND,
        GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING));
    EXPECT_TRUE(end != nullptr && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS) << line;
    if (end != nullptr) gst_message_unref(end);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
  }
  GstClockTime length = 0;
  int rate = 0;
  int channels = 0;
};

TEST(RtpAacDepayTest, GivesADecoderAllFramesOfBothPayloaders) {
  for (const std::string payloader : {"rtpmp4gpay", "rtpmp4apay", "rtpmp4gpay mtu=200"})
    for (const int rate : {11025, 22050, 48000})
      for (const int channels : {1, 2}) {
        SCOPED_TRACE(payloader + " " + std::to_string(rate) + " " + std::to_string(channels));

        const Sound sound{"audiotestsrc num-buffers=20 samplesperbuffer=1024 ! audio/x-raw,rate=" +
                          std::to_string(rate) + ",channels=" + std::to_string(channels) +
                          " ! avenc_aac ! " + payloader + " ! rtpaacdepay ! avdec_aac"};

        EXPECT_EQ(sound.rate, rate);
        EXPECT_EQ(sound.channels, channels);
        EXPECT_GE(sound.length, 19 * gst_util_uint64_scale(1024, GST_SECOND, rate));
      }
}

TEST(RtpAacDepayTest, HearsASoundWhoseConfigurationIsMissing) {
  const Sound sound{"audiotestsrc num-buffers=20 samplesperbuffer=1024 ! "
                    "audio/x-raw,rate=22050,channels=1 ! avenc_aac ! rtpmp4gpay ! "
                    "capssetter replace=true caps=application/x-rtp,media=audio,payload=96,"
                    "clock-rate=22050,encoding-name=MPEG4-GENERIC ! rtpaacdepay ! avdec_aac"};

  EXPECT_EQ(sound.rate, 22050);
  EXPECT_EQ(sound.channels, 1);
}

} // namespace
} // namespace fanlight
