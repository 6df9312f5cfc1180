#pragma once

#include <memory>

#include <gst/gst.h>

#include "camsim/setup/faults.h"

namespace fanlight::camsim {

/// Has the packets that leave `pad` (a payloader's) suffer what `state` says of RTP, for all
/// clients and whatever carries them.
void spoil_packets(GstPad* pad, std::shared_ptr<FaultState> state);

} // namespace fanlight::camsim
