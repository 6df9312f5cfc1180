#pragma once

#include <cstdint>
#include <string>

#include <gst/gst.h>

#include "webrtc/silence_watch.h"

namespace fanlight::webrtc {

/// How many sent packets are kept for retransmission to a viewer of a stream of `bitrate` (bit/s;
/// 0: not known), but for a second at most: about half a second of them, after which a repaired
/// packet comes too late to be shown. 512 to 1024, because a viewer of a small stream can change to
/// a large one.
unsigned retransmission_packets(std::uint64_t bitrate);

/// Settings of the elements that a webrtcbin builds inside itself.
struct WebrtcbinTuning {
  guint retransmission_packets = 0; ///< How many packets it keeps.
  std::string certificate;          ///< With its key, in PEM; empty: GStreamer's own.
  HeardUs heard_us;                 ///< Of its viewer.
};

/// Call it before the webrtcbin starts. Main only.
void tune(GstElement* webrtcbin, WebrtcbinTuning tuning);

} // namespace fanlight::webrtc
