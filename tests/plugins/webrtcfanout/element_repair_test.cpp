// What a viewer gets again, by the real element over real sockets.
#include <gmock/gmock.h>

#include "element_fixture.h"
#include "webrtcfanout/send/repair_budget.h"

namespace fanlight::fanout {
namespace {

class ElementRepairTest : public ElementTest {
 protected:
  /// Its packets of a group of `frames`.
  std::vector<RtpPacket> join_group(ViewerEnd& viewer, std::size_t frames) {
    begin_video();
    push_group(frames - 1);
    id = join(viewer);
    auto packets = viewer.next(viewer.video_ssrc(), 2 * frames);
    // The first goes twice, unasked.
    EXPECT_TRUE(viewer.until([&] { return viewer.refused() == 1; })) << "libsrtp has had it";
    return packets;
  }
  std::string id;
};

TEST_F(ElementRepairTest, SendsLostPacketsAgainByRtx) {
  ViewerEnd viewer;
  const RtpPacket lost = join_group(viewer, 5)[3];

  viewer.ask_again(viewer.video_ssrc(), lost.sequence);

  const RtpPacket again = viewer.next(viewer.rtx_ssrc());
  EXPECT_EQ(again.type, 97);
  EXPECT_EQ(read_u16(again.payload.data()), lost.sequence);
  EXPECT_EQ(Octets(again.payload.begin() + 2, again.payload.end()), lost.payload);
  EXPECT_EQ(again.timestamp, lost.timestamp);
  EXPECT_EQ(viewer_stat(id, "retransmitted-packets"), 1U);
  EXPECT_EQ(viewer_stat(id, "nack-count"), 1U);
}

TEST_F(ElementRepairTest, SendsNothingByRtxThatWasNotAskedFor) {
  ViewerEnd viewer;

  join_group(viewer, 5);

  EXPECT_EQ(viewer.unread(viewer.rtx_ssrc()), 0U);
}

TEST_F(ElementRepairTest, SendsThemAgainAsTheyWereWithoutRtx) {
  ViewerEnd viewer({.rtx = false});
  const RtpPacket lost = join_group(viewer, 5)[3];

  viewer.ask_again(viewer.video_ssrc(), lost.sequence);

  // libsrtp drops what it has had: exactly that came again.
  EXPECT_TRUE(viewer.until([&] { return viewer.refused() == 2; }));
  EXPECT_EQ(viewer_stat(id, "retransmitted-packets"), 1U);
}

TEST_F(ElementRepairTest, SendsNothingAgainThatWasNotNegotiated) {
  begin_video();
  begin_audio();
  push_group(1);
  push_sound();
  ViewerEnd viewer({.audio = true, .transport_cc = true});
  id = join(viewer);
  const RtpPacket sound = viewer.next(viewer.audio_ssrc());

  viewer.ask_again(viewer.audio_ssrc(), sound.sequence);

  EXPECT_TRUE(wait([&] { return viewer_stat(id, "nack-count") == 1; }));
  EXPECT_EQ(viewer_stat(id, "retransmitted-packets"), 0U);
}

TEST_F(ElementRepairTest, SendsNothingAgainThatItHasNotSent) {
  ViewerEnd viewer;
  const RtpPacket last = join_group(viewer, 2).back();

  viewer.ask_again(viewer.video_ssrc(), static_cast<std::uint16_t>(last.sequence + 1));
  viewer.ask_again(0x12345678, last.sequence);

  EXPECT_TRUE(wait([&] { return viewer_stat(id, "nack-count") == 2; }));
  EXPECT_EQ(viewer_stat(id, "retransmitted-packets"), 0U);
}

TEST_F(ElementRepairTest, AnswersALostPictureFromTheCacheAtOnce) {
  ViewerEnd viewer;
  RtpPacket last = join_group(viewer, 5).back();
  // A second at least lies between two of them, on the wall.
  EXPECT_TRUE(wait([&] {
    viewer.ask_for_picture(viewer.video_ssrc());
    viewer.pump();
    return viewer.unread(viewer.video_ssrc()) > 0;
  }));

  for (const RtpPacket& packet : viewer.next(viewer.video_ssrc(), 10)) {
    EXPECT_EQ(packet.sequence, static_cast<std::uint16_t>(last.sequence + 1));
    EXPECT_GE(static_cast<std::int32_t>(packet.timestamp - last.timestamp), 0);
    last = packet;
  }
  EXPECT_EQ(frame_of(last), 4);
  push_frame(false);
  EXPECT_GT(static_cast<std::int32_t>(viewer.next_video().timestamp - last.timestamp), 0);
  EXPECT_GE(viewer_stat(id, "pli-count"), 1U);
  EXPECT_EQ(viewer_stat(id, "replays"), 2U);
}

TEST_F(ElementRepairTest, SendsAgainWhatItSentBeforeAReplay) {
  ViewerEnd viewer;
  const auto packets = join_group(viewer, 5);
  EXPECT_TRUE(wait([&] {
    viewer.ask_for_picture(viewer.video_ssrc());
    viewer.pump();
    return viewer.unread(viewer.video_ssrc()) > 0;
  }));
  viewer.next(viewer.video_ssrc(), 10);

  viewer.ask_again(viewer.video_ssrc(), packets[4].sequence);

  const RtpPacket again = viewer.next(viewer.rtx_ssrc());
  EXPECT_EQ(again.timestamp, packets[4].timestamp);
  EXPECT_EQ(Octets(again.payload.begin() + 2, again.payload.end()), packets[4].payload);
}

TEST_F(ElementRepairTest, TakesItsTimeWithAViewerThatDoesNotStopAsking) {
  ViewerEnd viewer;
  const auto packets = join_group(viewer, 5);

  for (int i = 0; i < 1000; ++i) viewer.ask_again(viewer.video_ssrc(), packets[3].sequence);

  EXPECT_TRUE(wait([&] { return viewer_stat(id, "nack-count") == 1000; }));
  EXPECT_LE(viewer_stat(id, "retransmitted-packets"), RepairBudget::kMostTimes);
}

} // namespace
} // namespace fanlight::fanout
