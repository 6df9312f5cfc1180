// Which requests for packets a webrtcbin hears of.
#include "webrtc/repeat_limit.h"

#include <optional>
#include <vector>

#include <gst/check/gstharness.h>
#include <gst/rtp/rtp.h>
#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

constexpr std::int64_t kNow = 10'000'000;
constexpr std::int64_t kRtt = 50'000;
constexpr std::uint32_t kSsrc = 0x1234;

class RepeatLimitTest : public testing::Test {
 protected:
  bool take(std::uint16_t sequence, std::int64_t now_us, std::int64_t rtt_us = kRtt) {
    return limit.take(kSsrc, sequence, now_us, rtt_us);
  }
  /// So that there is room for repeats.
  void take_others() {
    for (std::uint16_t sequence = 0; sequence < 100; ++sequence) EXPECT_TRUE(take(sequence, kNow));
  }
  RepeatLimit limit;
};

TEST_F(RepeatLimitTest, SendsAPacketAgainOnceARoundTrip) {
  EXPECT_TRUE(take(7, kNow));
  EXPECT_FALSE(take(7, kNow + kRtt - 1));
  EXPECT_TRUE(take(7, kNow + kRtt));
}

TEST_F(RepeatLimitTest, SendsAPacketThreeTimesAtMost) {
  take_others();
  unsigned taken = 0;
  for (int i = 0; i < 30; ++i) taken += take(0xbeef, kNow + i * kRtt);

  EXPECT_EQ(taken, RepeatLimit::kMostTimes);
}

TEST_F(RepeatLimitTest, KnowsPacketsByTheirNumberAndStream) {
  EXPECT_TRUE(limit.take(1, 7, kNow, kRtt));
  EXPECT_TRUE(limit.take(1, 8, kNow, kRtt));
  EXPECT_TRUE(limit.take(2, 7, kNow, kRtt));
  EXPECT_FALSE(limit.take(2, 7, kNow, kRtt));
}

TEST_F(RepeatLimitTest, TakesANumberThatComesMuchLaterForAnotherPacket) {
  take_others();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(take(0xbeef, kNow + i * kRtt));

  EXPECT_TRUE(take(0xbeef, kNow + 60'000'000));
}

TEST_F(RepeatLimitTest, WaitsALittleWhereTheRoundTripIsNotKnown) {
  EXPECT_TRUE(take(7, kNow, 0));
  EXPECT_FALSE(take(7, kNow + 4'999, 0));
  EXPECT_TRUE(take(7, kNow + 5'000, 0));
}

TEST_F(RepeatLimitTest, DoesNotBelieveARoundTripOfSeconds) {
  EXPECT_TRUE(take(7, kNow, 30'000'000));
  EXPECT_TRUE(take(7, kNow + 200'000, 30'000'000));
}

TEST_F(RepeatLimitTest, RepeatsLittleToAReceiverThatAsksForWhatItHas) {
  // 3 of 100 packets are lost, and each is asked for every 100 ms for a second, which is how long
  // webrtcbin keeps it; 250 packets come in a second.
  std::vector<std::uint16_t> asked;
  int lost = 0;
  int repeated = 0;
  std::int64_t now = kNow;
  for (std::uint16_t sequence = 0; sequence < 20'000; ++sequence, now += 4'000) {
    if (sequence % 33 == 0) {
      ++lost;
      asked.push_back(sequence);
    }
    if (sequence % 25 != 0) continue;
    std::erase_if(asked, [&](std::uint16_t known) { return sequence - known > 250; });
    for (const std::uint16_t known : asked) repeated += take(known, now, 1'000);
  }

  EXPECT_GE(repeated, lost);
  EXPECT_LE(repeated, lost * 3 / 2);
}

/// Of each source what it reports, or nothing where it does not.
StructurePtr session_stats(const std::vector<std::optional<guint>>& round_trips) {
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  GValueArray* sources = g_value_array_new(0);
  for (const auto& round_trip : round_trips) {
    const StructurePtr source{gst_structure_new(
        "application/x-rtp-source-stats", "have-rb", G_TYPE_BOOLEAN, round_trip.has_value(),
        "rb-round-trip", G_TYPE_UINT, round_trip.value_or(0), nullptr)};
    GValue value = G_VALUE_INIT;
    g_value_init(&value, GST_TYPE_STRUCTURE);
    gst_value_set_structure(&value, source.get());
    g_value_array_append(sources, &value);
    g_value_unset(&value);
  }
  GValue value = G_VALUE_INIT;
  g_value_init(&value, g_type_from_name("GValueArray"));
  g_value_take_boxed(&value, sources);
  G_GNUC_END_IGNORE_DEPRECATIONS
  StructurePtr stats{gst_structure_new_empty("application/x-rtp-session-stats")};
  gst_structure_take_value(stats.get(), "source-stats", &value);
  return stats;
}

TEST(RoundTripTest, IsThatOfTheReceiverReports) {
  gst_init(nullptr, nullptr);
  EXPECT_EQ(round_trip_us(session_stats({std::nullopt, 65536 / 4}).get()), 250'000);
  EXPECT_EQ(round_trip_us(session_stats({65536, 65536 / 4}).get()), 1'000'000);
}

TEST(RoundTripTest, IsNotKnownBeforeAReport) {
  gst_init(nullptr, nullptr);
  EXPECT_EQ(round_trip_us(session_stats({}).get()), 0);
  EXPECT_EQ(round_trip_us(session_stats({std::nullopt}).get()), 0);
}

GstBuffer* packet_of(guint32 ssrc, guint16 sequence) {
  GstBuffer* packet = gst_rtp_buffer_new_allocate(10, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(packet, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type(&rtp, 96);
  gst_rtp_buffer_set_ssrc(&rtp, ssrc);
  gst_rtp_buffer_set_seq(&rtp, sequence);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

GstEvent* request_for(guint ssrc, guint sequence) {
  return gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM,
                              gst_structure_new("GstRTPRetransmissionRequest", "ssrc", G_TYPE_UINT,
                                                ssrc, "seqnum", G_TYPE_UINT, sequence, nullptr));
}

TEST(RepeatGateTest, KeepsRequestsFromAnElementThatAnswersAll) {
  gst_init(nullptr, nullptr);
  const Ref<GstElement> element = *make_element("rtprtxsend");
  const StructurePtr map{
      gst_structure_new("application/x-rtp-pt-map", "96", G_TYPE_UINT, 97U, nullptr)};
  g_object_set(element.get(), "payload-type-map", map.get(), nullptr);
  limit_repeats(element.get());
  const Owned<GstHarness, gst_harness_teardown> harness{
      gst_harness_new_with_element(element.get(), "sink", "src")};
  gst_harness_set_src_caps_str(harness.get(), "application/x-rtp,media=video,payload=96,"
                                              "clock-rate=90000,encoding-name=H264,ssrc=(uint)1");
  ASSERT_EQ(gst_harness_push(harness.get(), packet_of(1, 7)), GST_FLOW_OK);

  for (int i = 0; i < 30; ++i)
    ASSERT_TRUE(gst_harness_push_upstream_event(harness.get(), request_for(1, 7)) || i > 0);

  guint heard = 0;
  g_object_get(element.get(), "num-rtx-requests", &heard, nullptr);
  EXPECT_GE(heard, 1U);
  EXPECT_LE(heard, RepeatLimit::kMostTimes) << "how many of them, the time that they took decides";
}

} // namespace
} // namespace fanlight::webrtc
