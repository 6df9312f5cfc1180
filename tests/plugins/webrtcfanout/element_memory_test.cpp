// What the element keeps of that which a real payloader gives it.
#include <atomic>
#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "element_fixture.h"

namespace fanlight::fanout {
namespace {

class ElementMemoryTest : public ElementTest {
 protected:
  struct Kept {
    ~Kept() { *freed = true; }
    Octets octets;
    std::shared_ptr<std::atomic<bool>> freed;
  };
  /// A key frame that is too large for one packet: Annex B with one slice.
  static Octets make_unit(Octets unit) {
    for (std::size_t i = 0; i < 5000; ++i) unit.push_back(static_cast<std::uint8_t>(i % 251 + 1));
    return unit;
  }
  ~ElementMemoryTest() override {
    if (payloader_ != nullptr) gst_harness_teardown(payloader_);
  }
  /// Sends it through a payloader, which lets go of it.
  void push_unit(const std::string& codec = "h264") {
    const std::string payloader = "rtp" + codec + "pay mtu=1174 aggregate-mode=zero-latency";
    const std::string caps = "video/x-" + codec + ",stream-format=byte-stream,alignment=au";
    payloader_ = gst_harness_new_parse(payloader.c_str());
    gst_harness_set_src_caps_str(payloader_, caps.c_str());
    // Workers may hold it for longer than the test.
    auto* const kept = new Kept{unit_, freed_};
    GstBuffer* const unit = gst_buffer_new_wrapped_full(
        GST_MEMORY_FLAG_READONLY, kept->octets.data(), unit_.size(), 0, unit_.size(), kept,
        [](gpointer memory) { delete static_cast<Kept*>(memory); });
    GST_BUFFER_PTS(unit) = 0;
    ASSERT_EQ(gst_harness_push(payloader_, unit), GST_FLOW_OK);
    while (GstBuffer* const packet = gst_harness_try_pull(payloader_))
      ASSERT_EQ(gst_harness_push(video(), packet), GST_FLOW_OK);
  }

  Octets unit_ = make_unit(hex("00000001 65"));
  const std::shared_ptr<std::atomic<bool>> freed_ = std::make_shared<std::atomic<bool>>(false);
  GstHarness* payloader_ = nullptr;
};

TEST_F(ElementMemoryTest, KeepsTheAccessUnitAndNoCopyOfIt) {
  begin_video();

  push_unit();

  EXPECT_FALSE(*freed_);
  change_video_to("H265"); // What was kept is of no use any more.
  EXPECT_TRUE(*freed_);
}

TEST_F(ElementMemoryTest, KeepsTheAccessUnitOfH265AsWell) {
  begin_video("H265");
  unit_ = make_unit(hex("00000001 26 01"));

  push_unit("h265");

  EXPECT_FALSE(*freed_);
  change_video_to("H264");
  EXPECT_TRUE(*freed_);
}

TEST_F(ElementMemoryTest, SendsFragmentsFromTheAccessUnit) {
  begin_video();
  push_unit();
  ViewerEnd viewer;
  join(viewer);

  Octets slice = hex("65");
  for (bool last = false; !last;) {
    const RtpPacket packet = viewer.next_video();
    ASSERT_EQ(packet.payload[0], 0x7c) << "FU-A";
    slice.insert(slice.end(), packet.payload.begin() + 2, packet.payload.end());
    last = packet.marker;
  }

  EXPECT_EQ(slice, Octets(unit_.begin() + 4, unit_.end()));
}

} // namespace
} // namespace fanlight::fanout
