#include "stats.h"

namespace fanlight::fanout {

GstStructure* stats_of(const Subscriber& subscriber) {
  const SubscriberCounters& counters = subscriber.counters;
  const Subscriber::Route route = subscriber.route();
  return gst_structure_new(
      "viewer", "id", G_TYPE_STRING, subscriber.id().c_str(), "state", G_TYPE_STRING,
      to_string(subscriber.state()), "remote-address", G_TYPE_STRING, route.address.c_str(),
      "candidate", G_TYPE_STRING, route.candidate.c_str(), "srtp-profile", G_TYPE_STRING,
      route.srtp_profile.c_str(), "packets-sent", G_TYPE_UINT64, counters.packets_sent.get(),
      "bytes-sent", G_TYPE_UINT64, counters.bytes_sent.get(), "retransmitted-packets",
      G_TYPE_UINT64, counters.retransmitted_packets.get(), "packets-lost", G_TYPE_INT64,
      counters.packets_lost.get(), "fraction-lost", G_TYPE_DOUBLE, counters.fraction_lost.get(),
      "rtt", G_TYPE_DOUBLE, counters.rtt_ms.get(), "jitter", G_TYPE_DOUBLE,
      counters.jitter_ms.get(), "nack-count", G_TYPE_UINT64, counters.nack_count.get(), "pli-count",
      G_TYPE_UINT64, counters.pli_count.get(), "fir-count", G_TYPE_UINT64, counters.fir_count.get(),
      "groups-dropped", G_TYPE_UINT64, counters.groups_dropped.get(), "replays", G_TYPE_UINT64,
      counters.replays.get(), "estimate", G_TYPE_UINT64, counters.estimate.get(), nullptr);
}

GstStructure* stats_of(const Fanout& fanout) {
  const Fanout::Past past = fanout.past();
  std::uint64_t packets = past.packets_sent;
  std::uint64_t bytes = past.bytes_sent;
  std::uint64_t connected = 0;
  std::uint64_t groups_dropped = past.groups_dropped;
  std::uint64_t retransmitted = past.retransmitted_packets;
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_ARRAY);
  for (const auto& subscriber : fanout.subscribers()) {
    packets += subscriber->counters.packets_sent.get();
    bytes += subscriber->counters.bytes_sent.get();
    groups_dropped += subscriber->counters.groups_dropped.get();
    retransmitted += subscriber->counters.retransmitted_packets.get();
    connected += subscriber->state() == Subscriber::State::connected;
    GValue entry = G_VALUE_INIT;
    g_value_init(&entry, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&entry, stats_of(*subscriber));
    gst_value_array_append_and_take_value(&list, &entry);
  }
  std::uint64_t cached = 0;
  std::uint64_t malformed = 0;
  std::uint64_t oversized = 0;
  for (const auto& input : fanout.inputs()) {
    cached += input->stream()->cached_bytes();
    malformed += input->malformed_packets();
    oversized += input->oversized_packets();
  }
  GstStructure* const stats = gst_structure_new(
      "webrtcfanout-stats", "viewers-connected", G_TYPE_UINT64, connected, "viewers-gone",
      G_TYPE_UINT64, past.subscribers, "packets-sent", G_TYPE_UINT64, packets, "bytes-sent",
      G_TYPE_UINT64, bytes, "retransmitted-packets", G_TYPE_UINT64, retransmitted, "groups-dropped",
      G_TYPE_UINT64, groups_dropped, "cached-bytes", G_TYPE_UINT64, cached, "malformed-packets",
      G_TYPE_UINT64, malformed, "oversized-packets", G_TYPE_UINT64, oversized, nullptr);
  if (const auto transport = fanout.transport()) {
    const Transport::Totals totals = transport->totals();
    gst_structure_set(
        stats, "transport-port", G_TYPE_UINT, guint{transport->port()}, "transport-workers",
        G_TYPE_UINT64, guint64{totals.workers}, "transport-handshakes", G_TYPE_UINT64,
        guint64{totals.handshakes}, "transport-datagrams-received", G_TYPE_UINT64,
        totals.datagrams_received, "transport-stray-datagrams", G_TYPE_UINT64,
        totals.stray_datagrams, "transport-bad-stun", G_TYPE_UINT64, totals.bad_stun,
        "transport-bad-rtcp", G_TYPE_UINT64, totals.bad_rtcp, "transport-refused-streams",
        G_TYPE_UINT64, totals.refused_streams, "transport-dropped-dtls", G_TYPE_UINT64,
        totals.dropped_dtls, "transport-sends", G_TYPE_UINT64, totals.sends, "transport-messages",
        G_TYPE_UINT64, totals.messages, "transport-unsent-messages", G_TYPE_UINT64,
        totals.unsent_messages, "transport-tcp-connections", G_TYPE_UINT64,
        guint64{totals.tcp_connections}, nullptr);
  }
  gst_structure_take_value(stats, "viewers", &list);
  return stats;
}

} // namespace fanlight::fanout
