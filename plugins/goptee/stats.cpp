#include "stats.h"

namespace fanlight::goptee {

void add(Branch::Counters& total, const Branch::Counters& counters) {
  total.pushed_buffers += counters.pushed_buffers;
  total.pushed_bytes += counters.pushed_bytes;
  total.dropped_buffers += counters.dropped_buffers;
  total.dropped_groups += counters.dropped_groups;
  total.replays += counters.replays;
  total.key_unit_requests += counters.key_unit_requests;
}

GstStructure* to_structure(const Tee::Stats& tee, const Branch::Counters& total) {
  // clang-format off
  return gst_structure_new("application/x-goptee-stats",
      "cached-bytes", G_TYPE_UINT64, tee.cached_bytes,
      "cached-buffers", G_TYPE_UINT64, tee.cached_buffers,
      "cached-time", G_TYPE_UINT64, tee.cached_duration,
      "groups", G_TYPE_UINT64, tee.groups,
      "outgrown-groups", G_TYPE_UINT64, tee.outgrown_groups,
      "received-buffers", G_TYPE_UINT64, tee.received_buffers,
      "received-bytes", G_TYPE_UINT64, tee.received_bytes,
      "src-pads", G_TYPE_UINT, tee.branches,
      "pushed-buffers", G_TYPE_UINT64, total.pushed_buffers,
      "pushed-bytes", G_TYPE_UINT64, total.pushed_bytes,
      "dropped-buffers", G_TYPE_UINT64, total.dropped_buffers,
      "dropped-groups", G_TYPE_UINT64, total.dropped_groups,
      "replays", G_TYPE_UINT64, total.replays,
      "key-unit-requests", G_TYPE_UINT64, total.key_unit_requests,
      "key-unit-requests-sent", G_TYPE_UINT64, tee.key_unit_requests_sent,
      "b-frames", G_TYPE_BOOLEAN, gboolean{tee.b_frames},
      "dropped-b-frames", G_TYPE_UINT64, tee.dropped_b_frames,
      "restamped-buffers", G_TYPE_UINT64, tee.restamped_buffers,
      "key-frames", G_TYPE_UINT64, tee.vitals.key_frames,
      "gop-length", G_TYPE_UINT, tee.vitals.gop_length,
      "gop-duration", G_TYPE_UINT64, tee.vitals.gop_duration,
      "last-frame-age", G_TYPE_UINT64, tee.vitals.last_frame_age,
      "last-key-frame-age", G_TYPE_UINT64, tee.vitals.last_key_frame_age,
      "timestamp-jumps", G_TYPE_UINT64, tee.vitals.timestamp_jumps,
      "timestamp-standstills", G_TYPE_UINT64, tee.vitals.timestamp_standstills,
      "timestamp-drift", G_TYPE_INT64, tee.vitals.timestamp_drift,
      "parameter-changes", G_TYPE_UINT64, tee.vitals.parameter_changes,
      nullptr);
  // clang-format on
}

} // namespace fanlight::goptee
