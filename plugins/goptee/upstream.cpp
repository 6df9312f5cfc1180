#include "upstream.h"

namespace fanlight::goptee {

void Upstream::send(GstEvent* event) { gst_pad_push_event(sink_, event); }

void Upstream::query_latency(GstQuery* query) {
  Latency latency;
  const bool answered = gst_pad_peer_query(sink_, query);
  std::lock_guard lock(lock_);
  if (answered) {
    gst_query_parse_latency(query, &latency.live, &latency.shortest, &latency.longest);
    latency_ = latency;
  } else {
    latency = latency_;
  }
  gst_query_set_latency(query, latency.live, latency.shortest, latency.longest);
}

} // namespace fanlight::goptee
