#include "webrtc/webrtcbin_stats.h"

#include <algorithm>

#include <gst/webrtc/webrtc.h>

namespace fanlight::webrtc {
namespace {

void read_stat(const GstStructure* stat, TransportStats& stats) {
  GstWebRTCStatsType type;
  if (!gst_structure_get(stat, "type", GST_TYPE_WEBRTC_STATS_TYPE, &type, nullptr)) return;
  if (type == GST_WEBRTC_STATS_OUTBOUND_RTP) {
    guint64 packets = 0;
    guint64 bytes = 0;
    guint nack = 0;
    guint pli = 0;
    gst_structure_get_uint64(stat, "packets-sent", &packets);
    gst_structure_get_uint64(stat, "bytes-sent", &bytes);
    gst_structure_get_uint(stat, "nack-count", &nack);
    gst_structure_get_uint(stat, "pli-count", &pli);
    stats.packets_sent += packets;
    stats.bytes_sent += bytes;
    stats.nack_count += nack;
    stats.pli_count += pli;
  } else if (type == GST_WEBRTC_STATS_REMOTE_INBOUND_RTP) {
    gint lost = 0;
    double rtt = 0;
    gst_structure_get_int(stat, "packets-lost", &lost);
    gst_structure_get_double(stat, "round-trip-time", &rtt);
    stats.packets_lost += std::max(lost, 0); // -1: unknown.
    stats.rtt_ms = std::max(stats.rtt_ms, rtt * 1000);
  }
}

gboolean on_stat(GQuark, const GValue* value, gpointer stats) {
  if (GST_VALUE_HOLDS_STRUCTURE(value))
    read_stat(gst_value_get_structure(value), *static_cast<TransportStats*>(stats));
  return TRUE;
}

} // namespace

TransportStats read_webrtcbin_stats(const GstStructure* reply) {
  TransportStats stats;
  if (reply != nullptr) gst_structure_foreach(reply, on_stat, &stats);
  return stats;
}

} // namespace fanlight::webrtc
