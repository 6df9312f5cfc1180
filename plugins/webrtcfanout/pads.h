#pragma once

#include <gst/gst.h>

namespace fanlight::fanout {

/// The request pads video_%u and audio_%u, and what becomes of what comes on them.
void install_pads(GstElementClass* klass);

} // namespace fanlight::fanout
