#include "encoded.h"

#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include "support/hang_limit.h"

namespace fanlight::test {

std::string Encoded::format() const {
  gchar* const text = gst_caps_to_string(caps);
  std::string format = text;
  g_free(text);
  return format;
}

void Encoded::encode(const std::string& encoder, int count) {
  const std::string line = "videotestsrc pattern=ball num-buffers=" + std::to_string(count) +
                           " ! video/x-raw,format=I420,width=160,height=120,framerate=25/1 ! " +
                           encoder + " ! appsink name=sink sync=false";
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(line.c_str(), &error);
  ASSERT_EQ(error, nullptr) << error->message;
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstElement* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  while (GstSample* sample =
             gst_app_sink_try_pull_sample(GST_APP_SINK(sink), kHangLimit.count() * GST_SECOND)) {
    if (!caps) caps = gst_caps_ref(gst_sample_get_caps(sample));
    frames.push_back(BufferRef::retain(gst_sample_get_buffer(sample)));
    gst_sample_unref(sample);
  }
  gst_object_unref(sink);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  ASSERT_EQ(frames.size(), static_cast<std::size_t>(count));
}

} // namespace fanlight::test
