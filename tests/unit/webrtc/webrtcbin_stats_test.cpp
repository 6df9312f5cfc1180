#include "webrtc/webrtcbin_stats.h"

#include <gst/webrtc/webrtc.h>
#include <gtest/gtest.h>

#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

/// A reply with one remote-inbound-rtp.
StructurePtr report(gint packets_lost) {
  const StructurePtr stat{gst_structure_new("stat", "type", GST_TYPE_WEBRTC_STATS_TYPE,
                                            GST_WEBRTC_STATS_REMOTE_INBOUND_RTP, "packets-lost",
                                            G_TYPE_INT, packets_lost, nullptr)};
  return StructurePtr{gst_structure_new("stats", "one", GST_TYPE_STRUCTURE, stat.get(), nullptr)};
}

TEST(WebrtcbinStatsTest, CountsLostPackets) {
  gst_init(nullptr, nullptr);
  EXPECT_EQ(read_webrtcbin_stats(report(7).get()).packets_lost, 7);
}

TEST(WebrtcbinStatsTest, CountsNoneWhereNothingIsKnown) {
  gst_init(nullptr, nullptr);
  EXPECT_EQ(read_webrtcbin_stats(report(-1).get()).packets_lost, 0);
  EXPECT_EQ(read_webrtcbin_stats(nullptr).packets_lost, 0);
}

} // namespace
} // namespace fanlight::webrtc
