// What a viewer gets when it comes, from the real element over real sockets.
#include <gmock/gmock.h>

#include "element_fixture.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ElementJoinTest : public ElementTest {
 protected:
  /// The packets of `frames` frames, of which the newest was there when the viewer came.
  static void expect_squeezed(const std::vector<RtpPacket>& packets) {
    for (std::size_t i = 0; i < packets.size(); ++i) {
      EXPECT_EQ(packets[i].sequence, static_cast<std::uint16_t>(packets[0].sequence + i));
      EXPECT_EQ(packets[i].timestamp - packets[0].timestamp, i / 2 * 90) << "1 ms a frame";
      EXPECT_EQ(frame_of(packets[i]), static_cast<int>(i / 2));
      EXPECT_EQ(packets[i].marker, i % 2 == 1);
    }
  }
};

TEST_F(ElementJoinTest, StartsWithTheGroupThatIsUnderWaySqueezed) {
  begin_video();
  push_group(9);
  ViewerEnd viewer;

  join(viewer);

  expect_squeezed(viewer.next(viewer.video_ssrc(), 20));
}

TEST_F(ElementJoinTest, GoesOnWithLiveFramesOnTheCamerasClock) {
  begin_video();
  push_group(9);
  ViewerEnd viewer;
  join(viewer);
  const auto cached = viewer.next(viewer.video_ssrc(), 20);

  push_frame(false);
  push_frame(false);

  const auto live = viewer.next(viewer.video_ssrc(), 4);
  EXPECT_EQ(live[0].sequence, static_cast<std::uint16_t>(cached.back().sequence + 1));
  EXPECT_EQ(live[0].timestamp, cached.back().timestamp + kInterval);
  EXPECT_EQ(live[2].timestamp, cached.back().timestamp + 2 * kInterval);
  EXPECT_EQ(frame_of(live[3]), 11);
}

TEST_F(ElementJoinTest, StartsWithTheNewestOfSeveralGroups) {
  begin_video();
  push_group(4);
  push_group(2);
  ViewerEnd viewer;

  join(viewer);

  EXPECT_EQ(frame_of(viewer.next_video()), 5);
}

TEST_F(ElementJoinTest, AsksTheSourceForAKeyFrameAndWaitsForItWhereThereIsNone) {
  begin_video();
  push_frame(false);
  ViewerEnd viewer;
  join(viewer);

  const auto asked = [this] {
    while (GstEvent* const event = gst_harness_try_pull_upstream_event(video())) {
      const bool key = gst_event_has_name(event, "GstForceKeyUnit");
      gst_event_unref(event);
      if (key) return true;
    }
    return false;
  };
  EXPECT_TRUE(wait(asked));
  push_frame(false);
  push_frame(true);

  EXPECT_EQ(frame_of(viewer.next_video()), 2);
}

TEST_F(ElementJoinTest, ServesBothProfilesOfSrtp) {
  begin_video();
  push_group(1);
  ViewerEnd gcm({.profiles = "SRTP_AEAD_AES_128_GCM"});
  ViewerEnd cm({.profiles = "SRTP_AES128_CM_SHA1_80"});

  const std::string first = join(gcm);
  const std::string second = join(cm);

  EXPECT_EQ(frame_of(gcm.next_video()), 0);
  EXPECT_EQ(frame_of(cm.next_video()), 0);
  EXPECT_EQ(viewer_text(first, "srtp-profile"), "AEAD_AES_128_GCM");
  EXPECT_EQ(viewer_text(second, "srtp-profile"), "AES128_CM_SHA1_80");
}

TEST_F(ElementJoinTest, ServesViewersOverTcp) {
  begin_video();
  push_group(9);
  ViewerEnd viewer({.tcp = true});

  const std::string id = join(viewer);

  expect_squeezed(viewer.next(viewer.video_ssrc(), 20));
  EXPECT_EQ(viewer_text(id, "candidate"), "tcp");
  push_frame(false);
  EXPECT_EQ(frame_of(viewer.next_video()), 10);
}

TEST_F(ElementJoinTest, SendsLargeGroupsWhole) {
  begin_video();
  push_group(249, 1100); // 500 packets, more than leaves at once.
  ViewerEnd viewer;

  join(viewer);

  expect_squeezed(viewer.next(viewer.video_ssrc(), 500));
}

TEST_F(ElementJoinTest, KeepsSoundAndPictureTogether) {
  begin_video();
  begin_audio();
  // Both began at the same moment; sound has a clock of its own.
  push_group(24);
  for (int i = 0; i < 50; ++i) push_sound();
  ViewerEnd viewer({.audio = true});
  join(viewer);
  const auto picture = viewer.next(viewer.video_ssrc(), 50).back();
  const RtpPacket sound = viewer.next(viewer.audio_ssrc());

  const ClockReport picture_clock = viewer.next_report(viewer.video_ssrc());
  const ClockReport sound_clock = viewer.next_report(viewer.audio_ssrc());

  const auto captured = [](const RtpPacket& packet, const ClockReport& clock, double rate) {
    const auto ticks = static_cast<std::int32_t>(packet.timestamp - clock.timestamp);
    return static_cast<double>(clock.ntp >> 16 & 0xffffffff) / 65536 + ticks / rate;
  };
  // The newest frame was taken at 960 ms, the newest sound at 980 ms.
  // What lies between two clocks that are read one after the other is the machine's.
  EXPECT_NEAR(captured(sound, sound_clock, 48000) - captured(picture, picture_clock, 90000), 0.02,
              0.015);
}

TEST_F(ElementJoinTest, ReportsTheClockWithTheFirstPictures) {
  begin_video();
  push_group(1);
  ViewerEnd viewer;
  join(viewer);

  EXPECT_GE(viewer.next_report(viewer.video_ssrc()).packets, 1U);
}

TEST_F(ElementJoinTest, TellsWhatBecomesOfAViewer) {
  begin_video();
  ViewerEnd viewer;

  const std::string id = join(viewer, "hall");

  EXPECT_EQ(id, "hall");
  EXPECT_THAT(states_of("hall"), ElementsAre("connecting", "connected"));
}

TEST_F(ElementJoinTest, CountsWhatItSends) {
  begin_video();
  push_group(4);
  ViewerEnd viewer;
  const std::string id = join(viewer);
  viewer.next(viewer.video_ssrc(), 10);

  EXPECT_EQ(viewer_stat(id, "packets-sent"), 10U);
  EXPECT_EQ(viewer_stat(id, "replays"), 1U);
  EXPECT_EQ(stat("viewers-connected"), 1U);
  EXPECT_EQ(stat("packets-sent"), 10U);
}

TEST_F(ElementJoinTest, SendsEachViewerThePacketsOnce) {
  begin_video();
  push_group(4);
  std::vector<std::unique_ptr<ViewerEnd>> viewers;
  for (int i = 0; i < 20; ++i) {
    viewers.push_back(std::make_unique<ViewerEnd>());
    join(*viewers.back());
    expect_squeezed(viewers.back()->next(viewers.back()->video_ssrc(), 10));
  }

  push_group(4);

  for (const auto& viewer : viewers) {
    const auto packets = viewer->next(viewer->video_ssrc(), 10);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(frame_of(packets[i]), 5 + i / 2);
    EXPECT_EQ(viewer->refused(), 1U) << "the very first goes twice";
  }
}

TEST_F(ElementJoinTest, TakesAViewerWithTheLongestUfrag) {
  begin_video();
  push_group(1);
  ViewerEnd viewer;
  viewer.take_ufrag(std::string(256, 'u'));

  join(viewer);

  EXPECT_EQ(viewer.next(viewer.video_ssrc(), 4).size(), 4U);
}

TEST_F(ElementJoinTest, RefusesAndSaysWhy) {
  begin_video();

  EXPECT_EQ(add("nonsense").code, "bad-offer");
  const Reply codec = add(ViewerEnd({.video = "VP8"}).offer());
  EXPECT_EQ(codec.code, "no-common-codec");
  EXPECT_THAT(codec.message, HasSubstr("H264"));
  g_object_set(element(), "max-viewers", 1, nullptr);
  ViewerEnd first;
  admit(first, "same");
  EXPECT_EQ(add(ViewerEnd().offer()).code, "busy");
  gst_element_set_state(element(), GST_STATE_NULL);
  EXPECT_EQ(add(ViewerEnd().offer()).code, "not-ready");
}

} // namespace
} // namespace fanlight::fanout
