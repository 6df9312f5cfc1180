#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <gst/gst.h>

#include "webrtc/silence_watch.h"

namespace fanlight::webrtc {

/// How many sent packets are kept for retransmission to a viewer of a stream of `bitrate` (bit/s;
/// 0: not known), but for a second at most: about half a second of them, after which a repaired
/// packet comes too late to be shown. 128 to 1024.
unsigned retransmission_packets(std::uint64_t bitrate);
/// How many are kept while a stream begins: with the cached group of pictures, which is sent within
/// a second. After kBurst, viewers have had time to ask for what was lost of it.
constexpr unsigned kBurstPackets = 1024;
constexpr std::chrono::milliseconds kBurst{2'000};

/// Settings of the elements that a webrtcbin builds inside itself.
struct WebrtcbinTuning {
  std::string certificate; ///< With its key, in PEM; empty: GStreamer's own.
  HeardUs heard_us;        ///< Of its viewer.
};

/// Call it before the webrtcbin starts. Main only.
void tune(GstElement* webrtcbin, WebrtcbinTuning tuning);

/// Sets how many sent packets it keeps from now on. Main only.
void keep_packets(GstElement* webrtcbin, unsigned packets);

} // namespace fanlight::webrtc
