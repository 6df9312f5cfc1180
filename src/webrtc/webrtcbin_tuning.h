#pragma once

#include <string>

#include <gst/gst.h>

#include "webrtc/silence_watch.h"

namespace fanlight::webrtc {

/// Settings of the elements that a webrtcbin builds inside itself.
struct WebrtcbinTuning {
  guint retransmission_packets = 0; ///< How many packets it keeps.
  std::string certificate;          ///< With its key, in PEM; empty: GStreamer's own.
  HeardUs heard_us;                 ///< Of its viewer.
};

/// Call it before the webrtcbin starts. Main only.
void tune(GstElement* webrtcbin, WebrtcbinTuning tuning);

} // namespace fanlight::webrtc
