#pragma once

#include <gst/gst.h>

#include "webrtc/viewer_transport.h"

namespace fanlight::webrtc {

/// The counters in a reply of webrtcbin's "get-stats", of all media together; 0 where it has none,
/// or where `reply` is null.
TransportStats read_webrtcbin_stats(const GstStructure* reply);

} // namespace fanlight::webrtc
