#pragma once

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Links a sink pad of webrtcbin directly to the funnel in front of its rtpbin.
///
/// webrtcbin puts clocksync, rtpulpfecenc and rtpredenc in between, even if nothing is paced or
/// protected by FEC. Here nothing is, but the FEC elements split the payloader's buffer lists, and
/// every element after them then works packet by packet.
///
/// To be called on main after the local description is set and before data flows. False: the
/// elements behind the pad are not the expected ones (another GStreamer version), and nothing was
/// changed.
bool bypass_fec(GstPad* sink);

} // namespace fanlight::webrtc
