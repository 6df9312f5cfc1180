#pragma once

#include <gst/gst.h>

#include "webrtc/viewer_transport.h"

namespace fanlight::webrtc {

/// The sums over all media of the counters in a reply of webrtcbin's "get-stats"; 0 if the reply
/// has none or is null.
TransportStats read_webrtcbin_stats(const GstStructure* reply);

} // namespace fanlight::webrtc
