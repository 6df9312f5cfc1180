#pragma once

#include <memory>

#include <gst/gst.h>

#include "camsim/setup/faults.h"

namespace fanlight::camsim {

/// Applies the RTP faults of `state` to the packets that leave `pad` (of a payloader), for all
/// clients and transports, and counts the requests for key frames that come to it.
void spoil_packets(GstPad* pad, std::shared_ptr<FaultState> state);

} // namespace fanlight::camsim
