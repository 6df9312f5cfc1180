#pragma once

#include <gst/gst.h>

namespace fanlight::webrtc {

/// If `element` is the part of `webrtcbin` that receives, makes it release itself when `webrtcbin`
/// ends.
///
/// If ICE changes its state, or a description is set, while webrtcbin is being stopped, the
/// receiving part blocks its queue again after it has stopped, and the block holds a reference to
/// that part: both would stay for ever, with the agent and its sockets (seen in 1.22). For other
/// elements this does nothing. Any thread.
void release_with(GstBin* webrtcbin, GstElement* element);

} // namespace fanlight::webrtc
