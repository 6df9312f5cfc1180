#pragma once

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Makes `element`, if it is what receives in `webrtcbin`, let go of itself when `webrtcbin` ends.
///
/// Where ICE changes its state, or a description is set, while webrtcbin is being stopped, what
/// receives blocks its queue again after it has stopped, and the block holds a reference to the one
/// that has it: both would stay for ever, with the agent and its sockets (seen in 1.22). For other
/// elements this does nothing. Any thread.
void release_with(GstBin* webrtcbin, GstElement* element);

} // namespace fanlight::webrtc
