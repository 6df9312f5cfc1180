#pragma once

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Lets the running time of buffers that come through `pad`, a sink pad, only increase: where
/// another stream begins before what was sent, its first frames follow at the least distance that
/// the 90 kHz clock of RTP shows. Receivers drop what is older than what they have.
///
/// The frames must come in the order in which they are shown. The pad's stream lock protects the
/// state.
void keep_time_rising(GstPad* pad);

} // namespace fanlight::webrtc
