// The times of frames when a viewer changes to another stream.
#include "webrtc/rising_time.h"

#include <vector>

#include <gmock/gmock.h>
#include <gst/check/gstharness.h>

#include "gst/elements.h"
#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

using testing::ElementsAre;

constexpr GstClockTime kTick = 11112; // 1/90000 s.

class RisingTimeTest : public testing::Test {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    const Ref<GstElement> element = *make_element("identity");
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "sink"));
    keep_time_rising(pad.get());
    harness.reset(gst_harness_new_with_element(element.get(), "sink", "src"));
    gst_harness_set_src_caps_str(harness.get(), "video/x-h264");
  }
  void begin_at(GstClockTime base) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.base = base;
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  }
  void push(GstClockTime pts, GstClockTime dts = GST_CLOCK_TIME_NONE) {
    GstBuffer* buffer = gst_buffer_new_allocate(nullptr, 1, nullptr);
    GST_BUFFER_PTS(buffer) = pts;
    GST_BUFFER_DTS(buffer) = dts;
    EXPECT_EQ(gst_harness_push(harness.get(), buffer), GST_FLOW_OK);
  }
  Ref<GstBuffer> next() { return Ref<GstBuffer>::adopt(gst_harness_pull(harness.get())); }
  std::vector<GstClockTime> times() {
    std::vector<GstClockTime> all;
    while (gst_harness_buffers_in_queue(harness.get()) > 0)
      all.push_back(GST_BUFFER_PTS(next().get()));
    return all;
  }

  Owned<GstHarness, gst_harness_teardown> harness;
};

TEST_F(RisingTimeTest, LeavesTimesThatRiseAsTheyAre) {
  push(0);
  push(40 * GST_MSECOND);
  push(40 * GST_MSECOND + kTick);

  EXPECT_THAT(times(), ElementsAre(0, 40 * GST_MSECOND, 40 * GST_MSECOND + kTick));
}

TEST_F(RisingTimeTest, PutsFramesOfTheNextStreamBehindThoseThatWereSent) {
  push(GST_SECOND);
  push(200 * GST_MSECOND, 100 * GST_MSECOND);
  push(201 * GST_MSECOND);
  push(GST_SECOND + GST_MSECOND);

  const auto first = next();
  const auto moved = next();
  EXPECT_EQ(GST_BUFFER_PTS(moved.get()), GST_SECOND + kTick);
  EXPECT_EQ(GST_BUFFER_DTS(moved.get()), 900 * GST_MSECOND + kTick);
  EXPECT_THAT(times(), ElementsAre(GST_SECOND + 2 * kTick, GST_SECOND + GST_MSECOND));
}

TEST_F(RisingTimeTest, ComparesTheRunningTimesOfDifferentSegments) {
  push(5 * GST_SECOND);
  begin_at(4 * GST_SECOND);
  push(0);
  push(2 * GST_SECOND);

  EXPECT_THAT(times(), ElementsAre(5 * GST_SECOND, GST_SECOND + kTick, 2 * GST_SECOND));
}

TEST_F(RisingTimeTest, DoesNotTouchTheFrameThatOthersGet) {
  push(GST_SECOND);
  const auto shared = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 1, nullptr));
  GST_BUFFER_PTS(shared.get()) = 0;
  gst_harness_push(harness.get(), gst_buffer_ref(shared.get()));

  EXPECT_THAT(times(), ElementsAre(GST_SECOND, GST_SECOND + kTick));
  EXPECT_EQ(GST_BUFFER_PTS(shared.get()), 0U);
}

} // namespace
} // namespace fanlight::webrtc
