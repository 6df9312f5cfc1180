// A viewer that changes between two streams of a camera, over real sockets.
#include <optional>

#include <gmock/gmock.h>

#include "element_fixture.h"

namespace fanlight::fanout {
namespace {

/// The camera's other stream, on a pad of its own: the same moments on another RTP clock. Its
/// frames are numbered from 1000.
class OtherStream {
 public:
  explicit OtherStream(GstElement* element, const char* encoding = "H264")
      : harness_(gst_harness_new_with_element(element, "video_%u", nullptr)) {
    gst_harness_use_systemclock(harness_);
    gst_harness_set_src_caps(harness_, gst_caps_new_simple("application/x-rtp", "media",
                                                           G_TYPE_STRING, "video", "clock-rate",
                                                           G_TYPE_INT, 90000, "encoding-name",
                                                           G_TYPE_STRING, encoding, nullptr));
  }
  ~OtherStream() { gst_harness_teardown(harness_); }
  OtherStream(const OtherStream&) = delete;
  OtherStream& operator=(const OtherStream&) = delete;

  void push_frame(bool key) {
    Octets packet = hex("80e0 0000 00000000 00c0ffee") + Octets(100);
    write_u16(&packet[2], static_cast<std::uint16_t>(frames_));
    write_u32(&packet[4], 0xfffff000 + frames_ * 3600);
    packet[12] = key ? 0x65 : 0x41;
    write_u32(&packet[13], 1000 + frames_);
    GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, packet.size(), nullptr);
    gst_buffer_fill(buffer, 0, packet.data(), packet.size());
    GST_BUFFER_PTS(buffer) = frames_++ * 40 * GST_MSECOND;
    EXPECT_EQ(gst_harness_push(harness_, buffer), GST_FLOW_OK);
  }

 private:
  GstHarness* const harness_;
  std::uint32_t frames_ = 0;
};

class ElementChoiceTest : public ElementTest {
 protected:
  ElementChoiceTest() {
    begin_video();
    push_group(4);
    id = join(viewer);
    seen.emplace(viewer.next(viewer.video_ssrc(), 10).back());
  }
  /// What choose-video says: nothing, or the code of a refusal.
  std::string choose(const std::string& pad, const std::string& who) {
    GstStructure* reply = nullptr;
    g_signal_emit_by_name(element(), "choose-video", who.c_str(), pad.c_str(), &reply);
    const gchar* const code = gst_structure_get_string(reply, "code");
    const std::string text = code ? code : "";
    gst_structure_free(reply);
    return text;
  }
  /// The frame of the next packet, which goes on from what the viewer saw last.
  int next_frame() {
    const RtpPacket packet = viewer.next(viewer.video_ssrc(), 1).front();
    EXPECT_EQ(packet.sequence, static_cast<std::uint16_t>(seen->sequence + 1));
    EXPECT_GE(static_cast<std::int32_t>(packet.timestamp - seen->timestamp), 0);
    EXPECT_LT(packet.timestamp - seen->timestamp, 90000U);
    seen.emplace(packet);
    return frame_of(packet);
  }

  ViewerEnd viewer;
  std::string id;
  std::optional<RtpPacket> seen;
};

TEST_F(ElementChoiceTest, GoesOnWithTheGroupUnderWayOfTheOtherStream) {
  OtherStream other{element()};
  for (int i = 0; i < 5; ++i) other.push_frame(i == 0);

  EXPECT_EQ(choose("video_1", id), "");

  for (int i = 0; i < 5; ++i) EXPECT_EQ(next_frame(), 1000 + i);
  push_frame(false);
  other.push_frame(false);
  EXPECT_EQ(next_frame(), 1005);
}

TEST_F(ElementChoiceTest, KeepsItsPictureUntilTheOtherStreamHasAKeyFrame) {
  OtherStream other{element()};
  other.push_frame(false);

  EXPECT_EQ(choose("video_1", id), "");

  push_frame(false);
  EXPECT_EQ(next_frame(), 5);
  EXPECT_EQ(next_frame(), 5);
  other.push_frame(true);
  EXPECT_EQ(next_frame(), 1001);
}

TEST_F(ElementChoiceTest, ComesBack) {
  OtherStream other{element()};
  other.push_frame(true);
  choose("video_1", id);
  EXPECT_EQ(next_frame(), 1000);

  choose("video_0", id);

  for (int i = 0; i < 10; ++i) EXPECT_EQ(next_frame(), i / 2);
}

TEST_F(ElementChoiceTest, OutlivesTheStreamThatItLeft) {
  OtherStream other{element()};
  other.push_frame(true);
  choose("video_1", id);
  EXPECT_EQ(next_frame(), 1000);

  end_video();

  other.push_frame(false);
  EXPECT_EQ(next_frame(), 1001);
  EXPECT_EQ(viewer_text(id, "state"), "connected");
}

TEST_F(ElementChoiceTest, RefusesWhatTheViewerCannotBeGiven) {
  OtherStream other{element(), "H265"};

  EXPECT_EQ(choose("video_1", id), "no-common-codec");
  EXPECT_EQ(choose("video_7", id), "unknown-input");
  EXPECT_EQ(choose("video_0", "nobody"), "unknown-viewer");

  push_frame(false);
  EXPECT_EQ(next_frame(), 5) << "all as before";
}

} // namespace
} // namespace fanlight::fanout
